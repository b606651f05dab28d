import RouteGridBase
import Scoring

/// Every operating point of every run of a board, with what no other point beats marked.
package struct FrontierTable: Sendable {
    package static let schema = "routegrid/frontier/v1"

    /// One run's points.
    private struct Curve {
        let section: Int
        let row: Int
        let run: Int
        /// A mark a point: see ``own`` and ``pool``.
        let marks: [UInt8]
    }

    /// On the run's own frontier.
    private static let own: UInt8 = 1
    /// On the frontier of all competitors of the section on the same split.
    private static let pool: UInt8 = 2

    private let board: Leaderboard
    private let curves: [Curve]

    package init(_ board: Leaderboard) {
        self.board = board
        curves = board.sections.indices.flatMap { Self.curves(of: board.sections[$0], number: $0) }
    }

    private func run(of curve: Curve) -> BoardRun { board.sections[curve.section].rows[curve.row].runs[curve.run] }

    private static func curves(of section: BoardSection, number: Int) -> [Curve] {
        let runsOfRows = section.rows.map { row in
            Dictionary(grouping: row.runs.indices.filter { row.runs[$0].hasRecord }) { row.runs[$0].splitIndex }
        }
        return section.key.splits.flatMap { split in
            let rows = section.rows.indices.map { (row: $0, runs: runsOfRows[$0][split] ?? []) }
            let competitors = rows.filter { !section.rows[$0.row].isBound }
                .flatMap { row, runs in runs.flatMap { section.rows[row].runs[$0].points } }
            let best = Set(frontier(competitors).map { Corner(competitors[$0]) })
            return rows.flatMap { row, runs in
                let isBound = section.rows[row].isBound
                return runs.map { run in
                    let points = section.rows[row].runs[run].points
                    var marks = points.map { !isBound && best.contains(Corner($0)) ? pool : 0 }
                    for place in frontier(points) { marks[place] |= own }
                    return Curve(section: number, row: row, run: run, marks: marks)
                }
            }
        }
    }

    private struct Corner: Hashable {
        let cost: Double
        let accuracy: Double
        init(_ point: CurvePoint) { (cost, accuracy) = (point.cost, point.accuracy) }
    }

    private static func frontier(_ points: [CurvePoint]) -> [Int] {
        points.isEmpty ? [] : ParetoFrontier.indices(cost: points.map(\.cost), accuracy: points.map(\.accuracy))
    }

    /// `frontier.json`, one curve a line.
    package var jsonBytes: [UInt8] { FilePieces.bytes { writeJSON(to: $0) } }

    /// The same in pieces.
    @Sendable func writeJSON<Failure: Error>(to append: (ArraySlice<UInt8>) throws(Failure) -> Void) throws(Failure) {
        try JSONDocument.write(
            head: [
                ("schema", .string(FrontierTable.schema)), ("mode", .string(board.mode)),
                ("numerics", .string(board.numerics)),
            ],
            list: "curves",
            count: curves.count,
            jsonLines,
            to: append
        )
    }

    private func jsonLines(of range: Range<Int>) -> [[UInt8]] {
        var members = FrontierMembers()
        return curves[range].map { curve in
            let run = run(of: curve)
            let points = zip(run.points, curve.marks).map { point, marks in
                point.json.with("own_frontier", .bool(marks & Self.own != 0))
                    .with("pool_frontier", .bool(marks & Self.pool != 0))
            }
            return members.json(of: run, points: .array(points))
        }
    }

    /// `frontier.csv`, one point a line.
    package var csvBytes: [UInt8] { FilePieces.bytes { writeCSV(to: $0) } }

    /// The same in pieces.
    @Sendable func writeCSV<Failure: Error>(to append: (ArraySlice<UInt8>) throws(Failure) -> Void) throws(Failure) {
        try append(Array(CSVLines(columns: Self.columns).text.utf8)[...])
        try FilePieces.write(curves.count, { Array(lines(of: $0).utf8) }, to: append)
    }

    private static let columns = [
        "dataset", "models", "router", "parameters", "train_modality", "test_modality", "encoder", "fusion", "mode",
        "numerics", "split", "seed", "part", "rule", "budget", "prices", "data", "costs", "point", "threshold",
        "lambda", "cost", "accuracy", "own_frontier", "pool_frontier",
    ]

    private func lines(of range: Range<Int>) -> String {
        var lines = CSVLines(width: Self.columns.count)
        var members = FrontierMembers()
        for curve in curves[range] {
            let run = run(of: curve)
            let identity = members.fields(of: run, mode: board.mode, numerics: board.numerics)
            for (point, marks) in zip(run.points, curve.marks) {
                lines.add(
                    behind: identity,
                    [
                        String(point.id), CSVLines.number(point.threshold), CSVLines.number(point.lambda),
                        CSVLines.number(point.cost), CSVLines.number(point.accuracy),
                        marks & Self.own != 0 ? "1" : "0", marks & Self.pool != 0 ? "1" : "0",
                    ]
                )
            }
        }
        return lines.text
    }
}
