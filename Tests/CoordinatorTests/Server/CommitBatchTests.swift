import Coordinator
import RouteGridBase
import Testing

struct CommitBatchTests {
    @Test func `of a batch that found the disk full everything is kept but the results`() {
        let run = RunID(1)
        var first = CommitBatch()
        first.writes = [.runState(run, .cancelled, reason: "why"), .result(StoreBench.row(run, cell: 0))]
        first.receipts = [
            CommitBatch.Receipt(
                route: RoutingID(bytes: [1]),
                lease: LeaseID(1),
                fence: Fence(1),
                run: run
            )
        ]
        first.byteCount = 100
        let called = LockedBox<[Int]>([])
        first.afterwards = [{ _ in called.withLock { $0.append(1) } }]
        var second = CommitBatch()
        second.writes = [.result(StoreBench.row(run, cell: 1)), .reused(run, cells: [7]), .runPriority(run, 3)]
        second.byteCount = 10
        second.afterwards = [{ _ in called.withLock { $0.append(2) } }]
        let kept = first.keptWhenFull(before: second)
        #expect(kept.receipts.isEmpty && kept.byteCount == 0)
        let words = kept.writes.map { write in
            switch write {
            case .runState(run, .cancelled, reason: "why"): "cancelled"
            case .reused(run, let cells): "reused \(cells)"
            case .runPriority(run, 3): "priority"
            default: "another"
            }
        }
        #expect(words == ["cancelled", "reused [7]", "priority"])
        for after in kept.afterwards { after(nil) }
        #expect(called.withLock { $0 } == [1, 2])
    }
}
