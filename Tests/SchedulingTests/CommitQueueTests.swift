import RouteGridBase
import Scheduling
import Testing

@Suite struct CommitQueueTests {
    /// A change by its name.
    private enum Change: DurableChange, Equatable {
        case result(String)
        case other(String)
        var isResult: Bool { if case .result = self { true } else { false } }
    }

    private typealias Queue = CommitQueue<Change, String, Int, String>

    private func receipt(_ route: String, cells: [CellID], keys: [Int]) -> Queue.Receipt {
        Queue.Receipt(route: route, lease: LeaseID(4), fence: Fence(9), run: RunID(1), cells: cells, keys: keys)
    }

    @Test func `one batch is on its way at a time, and what arrives meanwhile is the next`() {
        var queue = Queue()
        let nothing = queue.begin()
        #expect(nothing == nil && queue.isSettled)
        queue.add(.other("a"))
        queue.add(.other("b"))
        let first = queue.begin()
        #expect(first?.changes == [.other("a"), .other("b")])
        queue.add(.other("c"))
        let early = queue.begin()
        #expect(early == nil && queue.state == .committing && !queue.isSettled)
        queue.written()
        let second = queue.begin()
        #expect(second?.changes == [.other("c")])
    }

    @Test func `an answer alone is a batch`() {
        var queue = Queue()
        queue.add(answer: "done")
        let batch = queue.begin()
        #expect(batch?.answers == ["done"])
    }

    @Test func `on a full disk everything waits on but the results`() throws {
        var queue = Queue(byteLimit: 100)
        queue.add(.other("cancelled"))
        queue.add(.result("x"))
        queue.add(receipt("w", cells: [0], keys: [7]), byteCount: 100)
        queue.add(answer: "first")
        #expect(queue.isFull)
        let begun = queue.begin()
        let batch = try #require(begun)
        #expect(!queue.isFull && batch.byteCount == 100 && batch.receipts.count == 1)
        queue.add(.result("y"))
        queue.add(.other("priority"))
        queue.add(receipt("w", cells: [1], keys: [8]), byteCount: 10)
        queue.add(answer: "second")
        queue.refused(batch)
        let stalled = queue.begin()
        #expect(queue.isStalled && stalled == nil)
        #expect(queue.waiting.changes == [.other("cancelled"), .other("priority")])
        #expect(queue.waiting.answers == ["first", "second"])
        #expect(queue.waiting.receipts.isEmpty && queue.waiting.byteCount == 0)
    }

    @Test func `a probe is written once at a time, and a good one lets the queue go on`() throws {
        var queue = Queue()
        let early = queue.beginProbe()
        queue.add(.other("a"))
        let batch = queue.begin()
        queue.refused(try #require(batch))
        let (first, second) = (queue.beginProbe(), queue.beginProbe())
        #expect(!early && first && !second && queue.isStalled)
        queue.probed(isWritable: false)
        let stalled = queue.begin()
        let third = queue.beginProbe()
        #expect(stalled == nil && third)
        queue.probed(isWritable: true)
        let next = queue.begin()
        #expect(!queue.isStalled && next?.changes == [.other("a")])
    }

    @Test func `every sender has one reply, with a verdict for each of its results`() {
        let receipts = [
            receipt("b", cells: [3, 4], keys: [30, 40]), receipt("a", cells: [5], keys: [50]),
            receipt("b", cells: [6], keys: [60]),
        ]
        let settlement = CommitSettlement(receipts, [.new, .equal, .divergent, .new])
        #expect(settlement.replies.map(\.route) == ["b", "a"])
        #expect(settlement.replies.map(\.keys) == [[30, 40, 60], [50]])
        #expect(settlement.replies.map(\.verdicts) == [[.new, .equal, .new], [.divergent]])
        #expect(settlement.events.count == 3)
    }

    @Test func `a cell whose blob is missing is not committed, and fails`() throws {
        let digest = Digest(hashing: Array("blob".utf8))
        let settlement = CommitSettlement(
            [receipt("a", cells: [3, 4], keys: [30, 40])],
            [.blobMissing(digest), .new]
        )
        guard case .committed(RunID(1), let cells) = try #require(settlement.events.first) else {
            Issue.record("\(settlement.events)")
            return
        }
        #expect(cells == [4])
        let failed = try #require(settlement.events.last)
        guard case .failed(LeaseID(4), Fence(9), 3, .refused, retryable: true, let text) = failed else {
            Issue.record("\(failed)")
            return
        }
        #expect(text == "a result for cell 3 of run 1 that names blob \(digest), which was not put")
        #expect(settlement.replies.first?.verdicts == [.blobMissing(digest), .new])
    }
}
