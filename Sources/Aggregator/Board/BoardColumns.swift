import RouteGridBase

/// The columns of a board besides its metrics: those of `leaderboard.csv`, and those of tables for people.
///
/// A new one is a property of ``BoardRow`` with its member of ``BoardRow/json``, and an entry here.
enum BoardColumns {
    /// A row, and what all rows of the file share.
    struct FileRow {
        let row: BoardRow
        let labels: RowLabels
        let mode: String
        let numerics: String

        init(_ row: BoardRow, of board: Leaderboard) {
            (self.row, labels, mode, numerics) = (row, RowLabels(row: row), board.mode, board.numerics)
        }
    }

    /// A column of `leaderboard.csv`; nil is an empty field.
    struct Field: Sendable {
        let name: String
        let value: @Sendable (FileRow) -> String?

        init(_ name: String, _ value: @escaping @Sendable (FileRow) -> String?) {
            (self.name, self.value) = (name, value)
        }
    }

    /// In front of the metrics.
    static let fields: [Field] = [
        Field("dataset") { $0.row.job["dataset"]?.stringValue },
        Field("models") { $0.row.job["models"]?.stringValue },
        Field("place") { $0.row.place.map(String.init) },
        Field("router") { $0.row.routerKind },
        Field("parameters") { $0.labels.allParameters },
        Field("train_modality") { $0.labels.trainModality },
        Field("test_modality") { $0.labels.testModality },
        Field("encoder") { $0.labels.encoder },
        Field("fusion") { $0.labels.fusion },
        Field("mode") { $0.mode },
        Field("numerics") { $0.numerics },
        Field("split") { $0.labels.split },
        Field("splits") { $0.row.splits.map(String.init).joined(separator: " ") },
        Field("seeds") { $0.row.seeds.map(String.init).joined(separator: " ") },
        Field("part") { $0.row.job["part"]?.stringValue },
        Field("rule") { $0.row.job["rule"]?.stringValue },
        Field("budget") { $0.labels.budget },
        Field("lambda") { $0.labels.lambda },
        Field("prices") { $0.row.job["prices"]?.stringValue },
        Field("n") { $0.row.itemCount.map(String.init) },
        Field("n_missing") { String($0.row.missingCount) },
        Field("n_twins") { String($0.row.twinCount) },
        Field("points") { String($0.row.pointCount) },
        Field("cost_unit") { $0.row.costUnit },
        Field("rank_lo") { $0.row.standing.map { String($0.rank.lowerBound) } },
        Field("rank_hi") { $0.row.standing.map { String($0.rank.upperBound) } },
        Field("tie") { $0.row.standing.map { String($0.tie) } },
        Field("mde") { CSVLines.number($0.row.standing?.detectable) },
        Field("chosen") { $0.row.selection?.words },
        Field("chosen_of") { $0.row.selection.map { String($0.competing) } },
        Field("test_reads") { $0.row.testReads.map(String.init) },
        Field("routed_to") { $0.row.routing?.words },
        Field("dearest_model") { $0.row.routing?.dearest },
        Field("dearest_share") { CSVLines.number($0.row.routing?.largest.dearest) },
    ]

    /// Behind them.
    static let lastFields: [Field] = [
        Field("flags") { $0.row.flags.map(\.rawValue).joined(separator: " ") },
        Field("job_keys") { $0.row.jobKeys.map(\.hex).joined(separator: " ") },
        Field("data_sha256") { $0.row.job["data"]?.stringValue },
        Field("cost_sha256") { $0.row.job["inputs"]?["cost"]?.stringValue },
    ]

    /// The rows of a table, and what follows from all of them.
    struct Scope {
        let rows: [BoardRow]
        let detail: BoardTable.Detail
        let isCompared: Bool
        let names: RouterNames
        /// Flags of every row: they stand once, above the table.
        let sharedFlags: Set<BoardFlag>

        init(_ rows: [BoardRow], _ detail: BoardTable.Detail) {
            (self.rows, self.detail) = (rows, detail)
            isCompared = rows.contains { $0.standing != nil }
            names = RouterNames(among: rows)
            sharedFlags = Set(BoardTable.sharedFlags(rows))
        }
    }

    /// A column of a table for people.
    struct Column: Sendable {
        enum Condition: Sendable {
            case always
            /// Where some row has a text.
            case any
            /// Where rows differ.
            case varied
        }

        let title: String
        var isNumber = false
        /// Where a page is narrow, columns of the least worth go first; those of worth 0 only shrink.
        let worth: Int
        var condition = Condition.always
        var isShown: @Sendable (Scope) -> Bool = { _ in true }
        let text: @Sendable (BoardRow, Scope) -> String?
    }

    /// In front of the metrics.
    static let columns: [Column] =
        [
            Column(title: "rank", isNumber: true, worth: 1, isShown: \.isCompared) { row, _ in
                row.standing.map { BoardTable.range($0.rank) } ?? "–"
            },
            Column(title: "tie", worth: 30, isShown: \.isCompared) { row, _ in
                row.standing.map { BoardTable.letters($0.tie) } ?? "–"
            },
            Column(title: "#", isNumber: true, worth: 1, isShown: { !$0.isCompared }) { row, _ in
                row.place.map(String.init) ?? "–"
            },
            Column(title: "router", worth: 0) { row, scope in scope.names.name(of: row) },
        ]
        + BoardTable.axes.map { axis in
            Column(title: axis.title, worth: 3, condition: .varied) { row, _ in axis.text(row) }
        }

    /// Behind them.
    static let lastColumns: [Column] = [
        Column(title: "chosen", worth: 42, condition: .any) { row, _ in row.selection?.words },
        Column(title: "chosen of", isNumber: true, worth: 40, condition: .any) { row, _ in
            row.selection.map { String($0.competing) }
        },
        Column(title: "points", isNumber: true, worth: 99, isShown: { $0.detail == .full }) { row, _ in
            row.hasRecord ? String(row.pointCount) : "–"
        },
        Column(title: "n", isNumber: true, worth: 20, condition: .varied) { row, _ in row.itemCount.map(String.init) },
        Column(title: "flags", worth: 5, condition: .any) { row, scope in
            let flags = row.flags.filter { !scope.sharedFlags.contains($0) }.map(\.rawValue)
            return flags.isEmpty ? nil : flags.joined(separator: ", ")
        },
    ]
}
