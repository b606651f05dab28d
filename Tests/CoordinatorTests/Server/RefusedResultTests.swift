import Coordinator
import Foundation
import RouteGridBase
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(2))) struct RefusedResultTests {
    enum Fault: CaseIterable {
        case brokenRecord, otherKey, wrongDigest, wrongResult, brokenFacts, longFacts, factsOfTwoLines
    }

    @Test(arguments: Fault.allCases)
    func `a result that cannot be taken fails its cell, and those beside it are taken`(fault: Fault) throws {
        let bench = try ServerBench()
        let run = try bench.submit(groups: 1, cells: 3)
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        var results = try lease.cells.map { try MadeUpResult($0) }
        try #require(results.count == 3)
        switch fault {
        case .brokenRecord: results[1].record = Array(results[1].record.dropLast()) + Array(",}".utf8)
        case .otherKey: results[1].record = results[0].record
        case .wrongDigest:
            // The same digest in item and record, and of the right form.
            let other = results[0].jobKey.digest
            results[1].record = Array(
                String(decoding: results[1].record, as: UTF8.self)
                    .replacing(results[1].digest.hex, with: other.hex).utf8
            )
            results[1].digest = other
        case .wrongResult:
            results[1].record = Array(
                String(decoding: results[1].record, as: UTF8.self)
                    .replacing("\"n\":1", with: "\"n\":2").utf8
            )
        case .brokenFacts: results[1].facts = Array("{\"attempt\":}".utf8)
        case .longFacts: results[1].facts = Array("{\"a\":\"\(String(repeating: "x", count: 70_000))\"}".utf8)
        case .factsOfTwoLines: results[1].facts = Array("{}\n{}".utf8)
        }
        try worker.send(results, of: lease)
        let verdicts = try worker.verdicts(3)
        #expect(results.map { verdicts[$0.jobKey] } == [.new, .refused, .new])
        let explained = try bench.client().query(.explain, "\(run)/\(results[1].cell)")
        #expect(explained["attempts"] == 1, "\(explained)")
        #expect(explained["reason"]?.stringValue?.hasPrefix("refused: a result for cell \(results[1].cell)") == true)
        #expect(try bench.client().query(.store)["records"] == 2)
        // Nothing is left of the lease: a heartbeat that names it is answered by `Revoke`; the cell is granted again.
        try worker.heartbeat(lease)
        let next = try worker.next { body -> String? in
            switch body {
            case .revoke(let revoke): revoke.lease == lease.lease ? "revoke" : nil
            default: nil
            }
        }
        #expect(next == "revoke")
        let again = try worker.nextLease()
        #expect(again.cells.map(\.cellID) == [results[1].cell])
        try worker.send([MadeUpResult(again.cells[0])], of: again)
        #expect(try worker.verdicts(1) == [results[1].jobKey: .new])
        #expect(try bench.client().query(.run, "\(run)")["state"] == "finished")
    }

    @Test func `facts may be missing`() throws {
        let bench = try ServerBench()
        _ = try bench.submit(groups: 1, cells: 1)
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        var result = try MadeUpResult(lease.cells[0])
        result.facts = []
        try worker.send([result], of: lease)
        #expect(try worker.verdicts(1) == [result.jobKey: .new])
    }

    @Test func `a result under another cell's number is not taken`() throws {
        let bench = try ServerBench()
        let run = try bench.submit(groups: 1, cells: 2)
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        var result = try MadeUpResult(lease.cells[0])
        result.cell = lease.cells[1].cellID
        try worker.send([result], of: lease)
        #expect(try worker.verdicts(1) == [result.jobKey: .refused])
        #expect(try bench.report(run)["done"] == 0)
        #expect(try bench.client().query(.store)["records"] == 0)
    }

    @Test func `a blob inside a result must be named, and goes with the result that it came in`() throws {
        let bench = try ServerBench()
        _ = try bench.submit(groups: 1, cells: 4)
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        var results = try lease.cells.map { try MadeUpResult($0) }
        let blobs = ["unnamed", "refused", "taken"].map { Array($0.utf8) }
        // The blob inside is another one than the record names.
        (results[0].blobs, results[0].inline) = ([Digest(hashing: "other".utf8)], [blobs[0]])
        // The blob is right and its result is not; the next one counts on it.
        (results[1].blobs, results[1].inline) = ([Digest(hashing: blobs[1])], [blobs[1]])
        results[1].record = Array("{}".utf8)
        results[2].blobs = [Digest(hashing: blobs[1])]
        (results[3].blobs, results[3].inline) = ([Digest(hashing: blobs[2])], [blobs[2]])
        try worker.send(results, of: lease)
        let verdicts = try worker.verdicts(4)
        #expect(results.map { verdicts[$0.jobKey] } == [.refused, .refused, .refused, .new])
        #expect(try bench.client().fetch(Digest(hashing: blobs[2])) == blobs[2])
        #expect(throws: RouteGridError.self) { try bench.client().fetch(Digest(hashing: blobs[1])) }
    }
}
