import Coordinator
import Foundation
import RouteGridBase
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(2))) struct FollowTests {
    @Test(arguments: [(4_096, 6), (3, 9), (1, 30)])
    func `a run is followed whose one group is larger than a message may be`(credit: UInt32, atLeast: Int) throws {
        let bench = try ServerBench()
        let run = try bench.submit(groups: 3, cells: 10)
        let worker = try bench.worker()
        var sent: [JobKey] = []
        // A group may come in several leases, when its cells took long.
        while sent.count < 30 {
            let lease = try worker.nextLease()
            for cell in lease.cells {
                let result = try MadeUpResult(cell, padding: cell.cell / 10 == 1 ? 2_000_000 : 10)
                try worker.send([result], of: lease)
                sent.append(result.jobKey)
                _ = try worker.verdicts(1)
            }
        }
        var (found, messages): ([JobKey], Int) = ([], 0)
        try bench.client().follow(run: run, credit: credit) { records in
            found += records.items.compactMap { JobKey(bytes: $0.jobKey) }
            messages += 1
            #expect(records.items.reduce(0) { $0 + $1.record.count } < 8 << 20)
            return true
        }
        #expect(found == sent)
        #expect(messages >= atLeast)
    }

    @Test func `who waits is sent the new records of a commit, and what did not go into a message comes next`() throws {
        let bench = try ServerBench()
        let run = try bench.submit(groups: 2, cells: 5)
        let (worker, follower) = (try bench.worker(), try PlayedPeer(bench.url, role: .follower))
        var (sent, found): ([JobKey], [WireRecordItem]) = ([], [])
        func follow() throws {
            var question = WireFollow()
            (question.afterSeq, question.credit) = (found.last?.seq ?? 0, 2)
            try follower.say(.follow(question))
        }
        try follow()
        while sent.count < 10 {
            let lease = try worker.nextLease()
            let results = try lease.cells.map { try MadeUpResult($0) }
            // One of them twice: the second is no new record.
            try worker.send([results[0]] + results, of: lease)
            _ = try worker.verdicts(results.count)
            sent += results.map(\.jobKey)
            while found.count < sent.count {
                let records = try follower.next { if case .records(let records) = $0 { records } else { nil } }
                #expect((1...2).contains(records.items.count))
                #expect(records.first == records.items.first?.seq && records.last == records.items.last?.seq)
                found += records.items
                try follow()
            }
        }
        #expect(found.map { JobKey(bytes: $0.jobKey) } == sent)
        var stored: [WireRecordItem] = []
        try bench.client().follow { records in
            stored += records.items
            return stored.count < sent.count
        }
        #expect(stored == found)
        let first = try #require(try bench.report(run)["done"]?.integerValue)
        #expect(first == 10)
    }

    @Test func `a small grid whose cells are recorded is over without a lease`() throws {
        let bench = try ServerBench()
        let worker = try bench.worker()
        let runs = try (0..<2).map { _ in
            let run = try bench.submit(groups: 2, cells: 2)
            while try bench.report(run)["state"]?.stringValue != "finished" {
                guard let lease = try? worker.nextLease(within: .milliseconds(200)) else { continue }
                try worker.send(try lease.cells.map { try MadeUpResult($0) }, of: lease)
                _ = try worker.verdicts(lease.cells.count)
            }
            return (reused: try bench.report(run)["reused"]?.integerValue, leases: try bench.count("leases_granted"))
        }
        #expect(runs.map(\.reused) == [0, 4])
        #expect(runs[0].leases == runs[1].leases)
    }

    @Test func `who has every record waits for the next, and others are served from the disk`() {
        var followers = WaitingFollowers(end: 7)
        let (behind, waits) = (follower(1, after: 6), follower(2, after: 7))
        let (isWaiting, isLate) = (followers.wait(waits), followers.wait(behind))
        #expect(isWaiting && !isLate)
        let (woken, afterwards) = (followers.recordsCommitted(upTo: 9), followers.recordsCommitted(upTo: 10))
        #expect(woken == [waits])
        #expect(afterwards.isEmpty)
        let isLateNow = followers.wait(follower(2, after: 9))
        #expect(!isLateNow)
    }

    @Test func `a follower that is ahead waits until the stream has passed it`() {
        var followers = WaitingFollowers(end: 7)
        let ahead = follower(1, after: 9)
        let isWaiting = followers.wait(ahead)
        #expect(isWaiting)
        let (early, late) = (followers.recordsCommitted(upTo: 9), followers.recordsCommitted(upTo: 10))
        #expect(early.isEmpty)
        #expect(late == [ahead])
    }

    @Test func `a peer that has left is served no more`() {
        var followers = WaitingFollowers(end: 0)
        for number in 1...2 as ClosedRange<UInt8> {
            let isWaiting = followers.wait(follower(number, after: 0))
            #expect(isWaiting)
        }
        followers.forget { $0.bytes == [1] }
        let woken = followers.recordsCommitted(upTo: 1)
        #expect(woken.map(\.route.bytes) == [[2]])
    }

    private func follower(_ number: UInt8, after place: UInt64) -> Follower {
        Follower(route: RoutingID(bytes: [number]), after: place, limit: 10)
    }
}
