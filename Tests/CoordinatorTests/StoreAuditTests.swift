import Coordinator
import RouteGridBase
import Scheduling
import TestSupport
import Testing

/// Audited cells on disk.
struct StoreAuditTests {
    private func row(_ run: RunID, _ text: String, by key: String, cell: CellID = 0) -> ResultRow {
        var row = StoreBench.row(run, cell: cell, text: text)
        row.audit = ResultAudit(origin: ResultOrigin(key: key, host: "h"), isTrusted: false, isSampled: true)
        return row
    }

    private func audited(_ rows: ResultRow...) -> AuditedCell {
        AuditedCell(
            run: rows[0].run,
            cell: rows[0].cell,
            jobKey: rows[0].jobKey,
            executions: rows.compactMap { row in row.audit.map { row.execution($0) } }
        )
    }

    @Test func `the secret stays, and so does the choice of cells`() throws {
        let bench = try StoreBench()
        let keys = (0..<1_000).map { StoreBench.key("\($0)") }
        let before = try keys.filter(bench.store.auditSample(rate: 0.1).contains)
        try bench.reopen()
        #expect(try keys.filter(bench.store.auditSample(rate: 0.1).contains) == before)
        let other = try StoreBench()
        #expect(try keys.filter(other.store.auditSample(rate: 0.1).contains) != before)
    }

    @Test func `the first record of a sampled cell begins its audit with its commit, later ones do not`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        let first = row(run, "right", by: "a")
        _ = try bench.store.commit([.result(first), .result(StoreBench.row(run, cell: 1))])
        _ = try bench.store.commit([.result(row(run, "right", by: "b"))])
        try bench.reopen()
        #expect(try bench.store.audits()[run, 0] == audited(first))
        #expect(try bench.store.audits().tasks.count == 1)
    }

    @Test(arguments: [true, false]) func `a decision ends the divergence, and a wrong record goes`(firstIsRight: Bool)
        throws
    {
        let bench = try StoreBench()
        let run = try bench.addRun()
        let (first, second) = (row(run, "one", by: "a"), row(run, "two", by: "b"))
        let third = row(run, firstIsRight ? "one" : "two", by: "c")
        _ = try bench.store.commit([.result(first), .result(StoreBench.row(run, cell: 1))])
        #expect(try bench.store.commit([.result(second)]).verdicts == [.divergent])
        _ = try bench.store.commit([.audited(audited(first, second))])
        #expect(try bench.store.divergenceCounts() == [run: 1])
        try bench.reopen()
        #expect(try bench.store.audits().cells(in: [.suspect]) == [audited(first, second)])
        _ = try bench.store.commit([.result(third)])
        var changes = [StoreWrite.audited(audited(first, second, third))]
        if !firstIsRight { changes.append(.replaced(third)) }
        let outcome = try bench.store.commit(changes)
        #expect(outcome.places.count == (firstIsRight ? 0 : 1) && outcome.verdicts.isEmpty)
        // At the end of the stream, behind the record of the other cell.
        let place = outcome.places.first ?? 1
        #expect(firstIsRight || place > 2)
        #expect(try bench.store.divergenceCounts().isEmpty)
        let records = try bench.store.records(of: [first.jobKey]).records
        #expect(records.map(\.body) == [Array(third.body)] && records.map(\.sequence) == [place])
        #expect(try bench.store.records(after: 0, limit: 10, byteLimit: 1 << 20).count == 2)
        try bench.reopen()
        #expect(try bench.store.audits().cells(in: [.decided]) == [audited(first, second, third)])
    }

    @Test func `a purge forgets the audit of its cells`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        _ = try bench.store.commit([.result(row(run, "right", by: "a"))])
        _ = try bench.store.purge(try bench.store.delivered(.worker("")), actor: "me", detail: "")
        #expect(try bench.store.audits().isEmpty)
    }
}
