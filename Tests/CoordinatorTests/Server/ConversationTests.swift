import Coordinator
import Foundation
import RouteGridBase
import Scheduling
import TestSupport
import Testing
import Wire

/// What peers are sent, and when.
@Suite(.timeLimit(.minutes(2))) struct ConversationTests {
    @Test func `a control is answered when it is on disk and not before`() throws {
        let bench = try ServerBench()
        let run = try bench.submit(groups: 1, cells: 1)
        let client = try PlayedPeer(bench.url, role: .client)
        let disk = try SlowDisk(bench)
        var control = WireControl()
        (control.verb, control.selector) = ("pause", "\(run)")
        try client.say(.control(control))
        let isSpared = client.isSpared { if case .done = $0 { true } else { nil } }
        #expect(isSpared)
        disk.goOn()
        #expect(try client.next { if case .done(let done) = $0 { done.text } else { nil } } == "pause")
    }

    @Test func `the leases of a worker that sends goodbye are granted to another at once`() throws {
        let bench = try ServerBench { $0.scheduler.leaseMilliseconds = 600_000 }
        _ = try bench.submit(groups: 1, cells: 2)
        let first = try bench.worker()
        let lease = try first.nextLease()
        let second = try bench.worker()
        try first.leave()
        #expect(try second.nextLease().cells.map(\.cell) == lease.cells.map(\.cell))
    }

    @Test func `a drained worker is sent the drain and gets no more leases`() throws {
        let bench = try ServerBench()
        _ = try bench.submit(groups: 3, cells: 1)
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        #expect(try bench.client().control(.drain, "all") == "draining")
        #expect(try worker.next { if case .done(let done) = $0 { done.text } else { nil } } == "drain")
        try worker.send([MadeUpResult(lease.cells[0])], of: lease)
        _ = try worker.verdicts(1)
        #expect((try? worker.nextLease(within: .milliseconds(300))) == nil)
    }

    @Test func `every result gets its own verdict, and each kind is counted`() throws {
        let bench = try ServerBench()
        let run = try bench.submit(groups: 2, cells: 2)
        let workers = [try bench.worker(), try bench.worker()]
        let leases = try workers.map { try $0.nextLease() }
        try workers[0].send([MadeUpResult(leases[0].cells[0])], of: leases[0])
        _ = try workers[0].verdicts(1)
        // Two messages, in one commit: its disk is busy.
        let disk = try SlowDisk(bench)
        for _ in 0..<2 { try workers[0].send([MadeUpResult(leases[0].cells[0])], of: leases[0]) }
        try workers[1].send(
            [MadeUpResult(leases[1].cells[0]), MadeUpResult(leases[1].cells[1])],
            of: leases[1]
        )
        try workers[0].send([MadeUpResult(leases[0].cells[0], says: "wrong")], of: leases[0])
        disk.goOn()
        #expect(Set(try workers[1].verdicts(2).values) == [.new])
        var verdicts: [WireCommitted.Verdict] = []
        while verdicts.count < 3 {
            verdicts += try workers[0].next { if case .committed(let said) = $0 { said.verdicts } else { nil } }
        }
        #expect(verdicts == [.equal, .equal, .divergent])
        let store = try bench.client().query(.status)["store"]
        #expect(store?["committed"] == 3 && store?["equal"] == 2 && store?["divergent"] == 1)
        #expect(try bench.report(run)["divergent"] == 1)
    }

    @Test func `a follower is sent records when there are some, each once`() throws {
        let bench = try ServerBench()
        _ = try bench.submit(groups: 1, cells: 5)
        let follower = try PlayedPeer(bench.url, role: .follower)
        var follow = WireFollow()
        follow.credit = 2
        try follower.say(.follow(follow))
        let isSpared = follower.isSpared { if case .records = $0 { true } else { nil } }
        #expect(isSpared, "there are none")
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        try worker.send(try lease.cells.map { try MadeUpResult($0) }, of: lease)
        var found: [UInt64] = []
        while found.count < 5 {
            let records = try follower.next(within: .seconds(8)) {
                if case .records(let records) = $0 { records } else { nil }
            }
            #expect(records.items.count <= 2 && records.last == records.items.last?.seq)
            found += records.items.map(\.seq)
            follow.afterSeq = records.last
            try follower.say(.follow(follow))
        }
        #expect(found == [1, 2, 3, 4, 5])
    }

    @Test func `a grid is a run when its blobs are there, and they are what their names say`() throws {
        let bench = try ServerBench()
        let content = Array("the data".utf8)
        let digest = Digest(hashing: content)
        let client = try PlayedPeer(bench.url, role: .client)
        var submit = WireSubmit()
        submit.lock = Data(SmallLock.bytes(groups: 1, cells: 1, blobs: [content]))
        try client.say(.submit(submit))
        let answer = try client.next { if case .submitted(let answer) = $0 { answer } else { nil } }
        #expect(answer.run == 0 && answer.missing == [digest.data])
        for (bytes, offset, isTaken) in [
            ([UInt8]("not data".utf8), 0, false), (Array(content.dropFirst(3)), 3, false), (content, 0, true),
        ] as [([UInt8], UInt64, Bool)] {
            var put = WirePut()
            (put.sha, put.total, put.offset) = (digest.data, UInt64(content.count), offset)
            try client.say(.put(put), data: bytes)
            let stored = try client.next { if case .stored(let stored) = $0 { stored } else { nil } }
            #expect(stored.complete == isTaken, "\(stored)")
        }
        // A part that does not follow the last one is not taken.
        let long = [UInt8](repeating: 1, count: 10)
        var part = WirePut()
        (part.sha, part.total) = (Digest(hashing: long).data, 10)
        for (offset, next) in [(0, 5), (6, 5), (3, 5)] as [(UInt64, UInt64)] {
            part.offset = offset
            try client.say(.put(part), data: offset == 0 ? [1, 1, 1, 1, 1] : [1, 1, 1, 1])
            let stored = try client.next { if case .stored(let stored) = $0 { stored } else { nil } }
            #expect(stored.nextOffset == next && !stored.complete)
        }
        try client.say(.submit(submit))
        #expect(try client.next { if case .submitted(let answer) = $0 { answer.run } else { nil } } == 1)
    }
}
