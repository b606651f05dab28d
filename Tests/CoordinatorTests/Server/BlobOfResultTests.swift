import Coordinator
import Foundation
import RouteGridBase
import Scheduling
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(2))) struct BlobOfResultTests {
    private static let content = Array("choices".utf8)
    private static let choices = Digest(hashing: content)

    @Test func `a record that names a blob which never came is not kept, and its cell is computed again`() throws {
        let bench = try ServerBench()
        let run = try bench.submit(groups: 1, cells: 3)
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        try #require(lease.cells.count == 3)
        var results = try lease.cells.map { try MadeUpResult($0) }
        results[1] = try MadeUpResult(lease.cells[1], choices: Self.choices)
        // The blobs that the record names count, not those that the message lists.
        results[1].blobs = []
        try worker.send(results, of: lease)
        let verdicts = try worker.verdicts(3)
        #expect(results.map { verdicts[$0.jobKey] } == [.new, .refused, .new])
        #expect(try bench.client().query(.store)["records"] == 2)
        let explained = try bench.client().query(.explain, "\(run)/\(results[1].cell)")
        #expect(explained["attempts"] == 1, "\(explained)")
        #expect(explained["reason"]?.stringValue?.contains(Self.choices.hex) == true, "\(explained)")
        // The refusal is acknowledged, the cell is granted again, and this time the blob comes first.
        let again = try worker.nextLease()
        #expect(again.cells.map(\.cellID) == [results[1].cell])
        try worker.put(Self.content)
        try worker.send([results[1]], of: again)
        #expect(try worker.verdicts(1) == [results[1].jobKey: .new])
        #expect(try bench.client().query(.run, "\(run)")["state"] == "finished")
        #expect(try bench.client().fetch(Self.choices) == Self.content)
    }

    @Test func `a blob inside a result serves those behind it, in its message and in later ones`() throws {
        let bench = try ServerBench()
        let run = try bench.submit(groups: 1, cells: 3)
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        var results = try lease.cells.map { try MadeUpResult($0, choices: Self.choices) }
        results[0].inline = [Self.content]
        try worker.send(Array(results[0...1]), of: lease)
        try worker.send([results[2]], of: lease)
        #expect(try worker.verdicts(3).values.allSatisfy { $0 == .new })
        #expect(try bench.client().query(.run, "\(run)")["state"] == "finished")
    }

    @Test func `a cell whose blob never comes fails in the end and ends its run`() throws {
        let bench = try ServerBench { $0.scheduler.leaseMilliseconds = 60_000 }
        let run = try bench.submit(groups: 1, cells: 1)
        let worker = try bench.worker()
        var attempts = 0
        while try bench.client().query(.run, "\(run)")["state"] == "active", attempts < 10 {
            let lease = try worker.nextLease()
            try worker.send([MadeUpResult(lease.cells[0], choices: Self.choices)], of: lease)
            _ = try worker.verdicts(1)
            attempts += 1
        }
        // Two retries.
        #expect(attempts == 3)
        #expect(try bench.client().query(.run, "\(run)")["failed"] == 1)
    }

    @Test func `a blob whose file is gone is asked for again`() throws {
        let bench = try ServerBench()
        let worker = try bench.worker()
        let content = [UInt8](repeating: 7, count: 300_000)
        let digest = Digest(hashing: content)
        try worker.put(content)
        let path = bench.folder.path("state/blobs/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))")
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: RouteGridError.self) { try bench.client().fetch(digest) }
        try worker.put(content)
        #expect(try bench.client().fetch(digest) == content)
        // Who submits a grid that reads it is asked too.
        try FileManager.default.removeItem(atPath: path)
        _ = try bench.submit(groups: 1, cells: 1, blobs: [content])
        #expect(try bench.client().fetch(digest) == content)
    }
}
