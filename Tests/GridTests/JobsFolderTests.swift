import Foundation
import Grid
import RouteGridBase
import RouterCatalog
import RoutingData
import Testing

/// The grid files that people run.
struct JobsFolderTests {
    private static func resolve(_ name: String) throws -> GridLock {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let path = tests.deletingLastPathComponent().appendingPathComponent("jobs/\(name).yaml").path
        return try GridResolver.resolve(GridFile(path: path), numerics: DatasetFixture.numerics).lock
    }

    @Test func `the demo has at least nine routers on both datasets`() throws {
        let lock = try Self.resolve("demo")
        #expect(Set(lock.contents.blocks.map(\.kind)).count >= 9)
        #expect(lock.contents.blocks.allSatisfy { $0.tables == [0, 1] })
        #expect(lock.mode == .sound && lock.isUnsealed)
        #expect(lock.activeCellCount == lock.cellCount && lock.cellCount < 1_000)
    }

    @Test func `the agreement grid is compat, exact, on the peers' split`() throws {
        let lock = try Self.resolve("mmrbench-compat")
        #expect(lock.mode == .compat)
        #expect(
            lock.contents.axes.splits.map(\.json.canonicalText) == [
                #"{"index":0,"kind":"compat","parameters":{"train":"0.2"},"revision":1,"seed":42}"#
            ]
        )
        // On each of two datasets: four baselines, five fits in three modalities (but for one that is excluded), adaptive
        // clusters, and two networks of five seeds.
        #expect(lock.activeCellCount == 2 * (4 + 5 * 3 + 1 + 2 * 5) - 1)
        let kinds = Set(lock.contents.blocks.map(\.kind))
        let peers = ["random", "oracle", "knn", "kmeans", "kmeansnew", "linear", "linearmf", "mlp", "mlpmf"]
        #expect(kinds.isSuperset(of: peers))
        #expect(try Self.resolve("mmrbench-compat-networks").activeCellCount == 10)
    }

    @Test func `the documented example resolves`() throws {
        let lock = try Self.resolve("example")
        let summary = PlanSummary(lock)
        #expect(summary.isExact && summary.keys == summary.new)
        #expect(summary.keys == lock.activeCellCount - summary.latency && summary.latency > 0)
        #expect(lock.limits.maxFails == .percent(1) && lock.limits.memoryBytes == 2 << 30)
    }
}
