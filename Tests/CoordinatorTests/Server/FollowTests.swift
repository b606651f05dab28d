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

    @Test func `an answer that is older than the last commit is asked for again`() throws {
        var followers = WaitingFollowers()
        let follower = Follower(route: RoutingID(bytes: [1]), after: 7, limit: 10)
        let asked = followers.question(follower)
        let early = followers.recordsCame()
        #expect(early.isEmpty)
        let found = followers.nothingFound(for: asked)
        let again = try #require(found)
        #expect(again.follower == follower)
        let third = followers.nothingFound(for: again)
        #expect(third == nil)
        let (woken, afterwards) = (followers.recordsCame(), followers.recordsCame())
        #expect(woken.map(\.follower) == [follower])
        #expect(afterwards.isEmpty)
    }

    @Test func `who is gone is asked for no more`() {
        var followers = WaitingFollowers()
        for number in 1...2 as ClosedRange<UInt8> {
            let question = followers.question(Follower(route: RoutingID(bytes: [number]), after: 0, limit: 1))
            let again = followers.nothingFound(for: question)
            #expect(again == nil)
        }
        followers.forget { $0.bytes == [1] }
        let woken = followers.recordsCame()
        #expect(woken.map(\.follower.route.bytes) == [[2]])
    }
}
