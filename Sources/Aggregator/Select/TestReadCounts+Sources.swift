import Foundation
import Grid
import RouteGridBase

extension TestReadCounts {
    /// What is known of the test parts that some records read.
    ///
    /// - Parameters:
    ///   - records: The records: they show by themselves that their configurations were read.
    ///   - sources: Where they were found, with the counts of earlier boards beside them.
    ///   - known: What a coordinator knows.
    ///   - tables: Which samples are behind which data.
    /// - Throws: `badInput` for a file that holds no counts.
    init(
        of records: [ScoredRecord],
        beside sources: [RecordSource],
        known: TestReadCounts,
        tables: KnownTables
    ) throws(RouteGridError) {
        let shown = TestReadCounts(jobs: records.lazy.map(\.job).ofEachSplit.map(\.json), samples: tables.samples(of:))
        var all = shown
        all.raise(to: known)
        for source in sources {
            guard let bytes = FileManager.default.contents(atPath: source.testReadsPath) else { continue }
            let json = try JSONValue(parsing: bytes, place: source.testReadsPath)
            all.raise(
                to: try TestReadCounts(json: json, place: source.testReadsPath, samples: tables.samples(of:))
            )
        }
        self = all.limited(to: shown)
    }
}
