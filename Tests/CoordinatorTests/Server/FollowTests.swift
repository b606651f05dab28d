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
        var sent: [Digest] = []
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
        var (found, messages): ([Digest], Int) = ([], 0)
        try bench.client().follow(run: run, credit: credit) { records in
            found += records.items.compactMap { Digest(bytes: $0.jobKey) }
            messages += 1
            #expect(records.items.reduce(0) { $0 + $1.record.count } < 8 << 20)
            return true
        }
        #expect(found == sent)
        #expect(messages >= atLeast)
    }

    @Test func `who has every record waits for the next, and others are served from the disk`() {
        var followers = WaitingFollowers(end: 7)
        let (behind, waits) = (follower(1, after: 6), follower(2, after: 7))
        let (isWaiting, isLate) = (followers.wait(waits), followers.wait(behind))
        #expect(isWaiting && !isLate)
        let (woken, afterwards) = (followers.recordsCame(upTo: 9), followers.recordsCame(upTo: 10))
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
        let (early, late) = (followers.recordsCame(upTo: 9), followers.recordsCame(upTo: 10))
        #expect(early.isEmpty)
        #expect(late == [ahead])
    }

    @Test func `who is gone is served no more`() {
        var followers = WaitingFollowers(end: 0)
        for number in 1...2 as ClosedRange<UInt8> {
            let isWaiting = followers.wait(follower(number, after: 0))
            #expect(isWaiting)
        }
        followers.forget { $0.bytes == [1] }
        let woken = followers.recordsCame(upTo: 1)
        #expect(woken.map(\.route.bytes) == [[2]])
    }

    private func follower(_ number: UInt8, after place: UInt64) -> Follower {
        Follower(route: RoutingID(bytes: [number]), after: place, limit: 10)
    }
}
