import Catalog
package import Grid
package import RouteGridBase

/// What some records say about some routers: one mode and one numerics class.
package struct Leaderboard: Sendable {
    package static let schema = "routegrid/leaderboard/v1"

    package let mode: String
    package let numerics: String
    package let recordCount: Int
    package let sections: [BoardSection]
    /// Choices of a selection that could not be made, and why.
    package let unmade: [String]
    /// How intervals, ranks and ties were made; nil when there are none.
    package let statistics: GridStatistics?
    /// What a reader must know of how the board was made.
    package let notes: [String]

    /// Tables over several datasets; none where no two compare.
    package private(set) var overall: [OverallTable] = []

    package var rows: [BoardRow] { sections.flatMap(\.rows) }
    /// Rows that lack some record.
    package var incompleteCount: Int { rows.count(where: \.isIncomplete) }

    /// Records that no table has, and why; none where such are refused.
    package let leftOut: [LeftOut]

    /// The metric that rows are ordered by, where they have it (see ``BoardSection/ranking``).
    package static func rankingMetric(mode: String) -> String { BoardRanking.of(mode: mode).metric }

    /// Makes the board of some records.
    ///
    /// - Parameters:
    ///   - records: In job-key order; all of one mode and one numerics class.
    ///   - expected: Jobs that the grid asks for and that have no record.
    ///   - tables: What costs are counted in.
    ///   - seal: Which test records were selected, and which dev records are candidates and no rows.
    ///   - reads: How many configurations were ever read on test.
    ///   - notes: What a reader must know of how the board was made.
    ///   - statistics: How to resample, and from what; nil for a board without intervals, ranks and ties.
    ///   - leftOut: What was set aside before.
    ///   - bad: What happens to records that contradict each other.
    /// - Throws: `badInput` when modes or numerics classes are mixed, or when there is nothing; `checkFailed` when a
    ///   blob is damaged.
    package init(
        _ records: [ScoredRecord],
        expected: [ExpectedJob] = [],
        tables: KnownTables = KnownTables(),
        seal: BoardSeal = BoardSeal(),
        reads: TestReadCounts = TestReadCounts(),
        notes: [String] = [],
        statistics: BoardStatistics? = nil,
        leftOut: [LeftOut] = [],
        bad: BadRecords = .refuse
    ) throws(RouteGridError) {
        let frames = records.lazy.map(\.job).frames
        mode = try Leaderboard.only("mode", frames.map(\.mode), expected)
        numerics = try Leaderboard.only("numerics", frames.map(\.numerics), expected)
        recordCount = records.count
        unmade = seal.unmade
        self.notes = notes
        var setAside = leftOut
        let (shown, candidates) = seal.parted(records)
        let (selected, open, asked) = try SealedRows(seal, rows: shown, candidates: candidates, bad: bad)
            .groups(of: shown, expected: expected)
        var runs: [BoardRun] = []
        let curves = JoinedCurve.curves(of: open, expected: asked)
        for (curve, result) in zip(curves, JoinedCurve.runs(of: curves)) {
            do throws(RouteGridError) { runs.append(try result.get()) } catch {
                guard bad == .setAside, error.code == .badInput else { throw error }
                setAside += curve.leftOut(error)
            }
        }
        self.leftOut = setAside.sorted { ($0.place, $0.why) < ($1.place, $1.why) }
        let names = BoardNames(jobs: frames.map(\.json) + expected.map(\.job), tables: tables)
        var groups: [SectionKey: [BoardRow]] = [:]
        let rowGroups = selected + RowGroup.groups(of: runs)
        let made = concurrentMap(rowGroups.count) { rowGroups[$0].row(tables, names) }
        for (group, var row) in zip(rowGroups, made) {
            if row.job["part"] == "test", let settings = statistics?.settings, settings.bootstrap > 0 {
                row.cluster = settings.cluster(of: row.job)
                if settings.isClusterForeign(to: row.job) { row.flags = (row.flags + [.cluster]).sorted() }
            }
            let places = row.runs.map(\.job).ofEachSplit.compactMap { job in
                TestReadCounts.Place(job: job.json, samples: tables.samples(of:))
            }
            row.testReads = places.compactMap { reads[$0] }.max()
            groups[group.section(names), default: []].append(row)
        }
        var sections: [BoardSection] = []
        statistics?.progress.begin(.resampling, total: groups.values.reduce(0) { $0 + $1.count })
        let keyed = groups.sorted { $0.key < $1.key }
        let ranked = concurrentMap(keyed.count) { [mode] number in
            let (key, rows) = keyed[number]
            let ranking = BoardRanking.of(rows, mode: mode)
            var section = BoardSection(key: key, ranking: ranking, rows: ranking.placed(rows))
            PoolMetrics.add(to: &section)
            return section
        }
        for var section in ranked {
            let key = section.key
            if let earlier = key.earlier {
                section.remark = "records are of \(earlier): resampling would read them by this build's metrics"
            } else if let statistics, let mode = EvaluationMode(rawValue: mode) {
                do throws(RouteGridError) {
                    try SectionStatistics(statistics, mode: mode).apply(to: &section)
                } catch {
                    guard bad == .setAside, error.code == .checkFailed else { throw error }
                    section.remark = error.message
                }
            }
            sections.append(section)
        }
        self.sections = sections
        self.statistics = statistics.flatMap { $0.settings.bootstrap > 0 ? $0.settings : nil }
        overall = OverallTable.tables(of: self)
    }

    /// Why some table has no intervals, ranks or ties, each reason once.
    package var remarks: [String] {
        var seen: Set<String> = []
        return sections.compactMap(\.remark).filter { seen.insert($0).inserted }
    }

    /// Why some table is not ranked by the board's own metric, each reason once.
    package var rankingRemarks: [String] {
        var seen: Set<String> = []
        return sections.compactMap(\.ranking.why).filter { seen.insert($0).inserted }
    }

    private static func only(_ name: String, _ values: [String], _ expected: [ExpectedJob]) throws(RouteGridError)
        -> String
    {
        let found = Set(values + expected.compactMap { $0.job[name]?.stringValue }).sorted()
        guard let first = found.first else { throw .badInput("records", "none: there is nothing to aggregate") }
        guard found.count == 1 else {
            throw .badInput(
                "records",
                "\(name) \(found.joined(separator: " and ")): a board never mixes them; choose one with --\(name)"
            )
        }
        return first
    }
}
