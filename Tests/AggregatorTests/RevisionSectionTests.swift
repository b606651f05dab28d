import Aggregator
import Catalog
import RouteGridBase
import TestSupport
import Testing

/// Records of several revisions are all shown and never averaged.
@Suite struct RevisionSectionTests {
    private func board(_ records: [RecordFixture]) throws -> Leaderboard {
        let folder = try TemporaryFolder()
        try RecordFixture.write(records, to: folder.path("records.jsonl"))
        return try Leaderboard(RecordCollection(reading: [RecordSource(path: folder.path("records.jsonl"))]).records)
    }

    private func revised(_ member: String, _ revision: Int, _ record: RecordFixture = .knn(5, shared: 0.5))
        -> RecordFixture
    {
        var record = record
        var members = record.revisions?.objectValue ?? [:]
        members[member] = JSONValue(revision)
        record.revisions = .object(members)
        return record
    }

    @Test(arguments: ["metrics", "rule", "split"])
    func `other revisions of metrics, rule or split are a table of their own, which says so`(member: String) throws {
        // The same configuration on two indices: of one revision they would be one row.
        var later = RecordFixture.knn(5, shared: 0.75)
        later.splitIndex = 1
        let board = try board([revised(member, 999), later])
        #expect(board.sections.count == 2 && board.rows.count == 2)
        let old = try #require(board.rows.first { $0.flags.contains(.earlier) })
        #expect(old.value("nauc_shared") == 0.5 && old.splits == [0])
        #expect(!(try #require(board.rows.first { $0.splits == [1] }).flags.contains(.earlier)))
        let captions = board.tables(.full).map(\.caption).filter { $0.contains("revision 999 (now ") }
        #expect(captions.count == 1, "\(board.tables(.full).map(\.caption))")
        #expect(board.remarks.contains { $0.contains("revision 999") })
    }

    @Test func `other revisions of a router are rows of their own, told apart by name`() throws {
        var later = revised("router", 1)
        later.splitIndex = 0
        let board = try board([revised("router", 999), later])
        #expect(board.sections.count == 1 && board.rows.count == 2)
        let names = board.tables(.full)[0].rows.map { $0[1] }
        #expect(Set(names) == ["knn (k=5, revision 1)", "knn (k=5, revision 999)"], "\(names)")
        #expect(board.rows.count { $0.flags.contains(.earlier) } == 1)
    }

    @Test func `records from before jobs named revisions are of the first`() throws {
        var old = RecordFixture.knn(5, shared: 0.5)
        old.revisions = .null
        let board = try board([old])
        #expect(board.rows[0].flags.contains(.earlier) == (CurveMetric.revision > 1))
    }
}
