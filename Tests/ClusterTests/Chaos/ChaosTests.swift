import ClusterTrials
import Foundation
import RouteGridBase
import TestSupport
import Testing

extension Tag {
    /// Real processes that are killed, frozen and cut off at random; `deploy/chaos` does it for longer.
    @Tag static var chaos: Self
}

/// Nothing is lost or doubled under faults drawn from a seed.
@Suite(.tags(.chaos), .timeLimit(.minutes(10))) struct ChaosTests {
    @Test func `killed, frozen, cut off and out of disk, a cluster records every cell once and the bytes are the same`()
        async throws
    {
        let folder = try TemporaryFolder()
        let log = LockedBox<[String]>([])
        let data = CommandLineTool.package + "/jobs/data/digits_vqa"
        var options = ChaosOptions(routegrid: CommandLineTool.path, folder: folder.path("chaos")) { round in
            ChaosGrids.round(dataset: data, number: round, splits: 2)
        }
        options.seed = 4
        options.faultTime = .seconds(25)
        options.workers = 2
        options.diskMegabytes = 64
        options.say = { text in log.withLock { $0.append(text) } }
        let report = try await Self.onOwnThread { [options] in try ChaosTrial(options).run() }
        let told = (log.withLock { $0 } + report.lines).joined(separator: "\n")
        #expect(report.isKept, "\(told)")
        // The trial made faults and records.
        #expect(report.kills >= 3 && report.records >= 100 && report.acknowledged >= 100, "\(told)")
        #expect(report.rounds >= 1 && report.results >= report.records, "\(told)")
        if let refusal = report.diskRefusal { print("the disk was never full: \(refusal)") }
    }

    /// Processes are tied to the thread that starts them, so it must not be one of the pool's.
    private static func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try body() }) }.start()
        }
    }
}
