import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingData
import Testing

/// The grid files that people run.
struct JobsFolderTests {
    private static func path(_ name: String) -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent().appendingPathComponent("jobs/\(name).yaml").path
    }

    private static func resolve(_ name: String) throws -> GridLock {
        try GridResolver.resolve(GridFile(path: path(name)), numerics: DatasetFixture.numerics).lock
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
        // On each of two datasets: four baselines, five fits in three modalities (but for one that is excluded),
        // adaptive clusters, and two networks of five seeds.
        #expect(lock.activeCellCount == 2 * (4 + 5 * 3 + 1 + 2 * 5) - 1)
        let kinds = Set(lock.contents.blocks.map(\.kind))
        let peers = ["random", "oracle", "knn", "kmeans", "kmeansnew", "linear", "linearmf", "mlp", "mlpmf"]
        #expect(kinds.isSuperset(of: peers))
        #expect(try Self.resolve("mmrbench-compat-networks").activeCellCount == 10)
    }

    @Test func `the papers' protocols fit tables of the published shape`() throws {
        let tables = try OfficialTables()
        let mmrBench = try tables.lock("mmrbench")
        let kinds = Set(mmrBench.contents.blocks.map(\.kind))
        #expect(kinds.isSuperset(of: ["knn", "kmeans", "kmeansnew", "linear", "linearmf", "mlp", "mlpmf", "cmr"]))
        #expect(mmrBench.contents.axes.modalities.count == 9 && mmrBench.contents.axes.tables.count == 11)
        #expect(mmrBench.contents.axes.tables.allSatisfy { $0.models.count == 10 })
        let transfer = try tables.lock("mmrbench-transfer")
        #expect(transfer.mode == .sound && transfer.contents.axes.splits.count == 3)
        let routerBench = try tables.lock("vl-routerbench")
        #expect(Set(routerBench.contents.blocks.map(\.kind)).count == 15)
        #expect(routerBench.contents.axes.labels.count == 8)
        // What their headers say.
        for (name, lock) in [("mmrbench", mmrBench), ("vl-routerbench", routerBench)] {
            let summary = PlanSummary(lock)
            let said = "\(summary.keys) cells in \(summary.newFits) fits"
            #expect(said == Self.counts[name], "\(name)")
            // The small version leaves no router out.
            let small = try Self.resolve("\(name)-small")
            #expect(Set(small.contents.blocks.map(\.kind)).isSuperset(of: lock.contents.blocks.map(\.kind)))
            #expect(small.mode == .sound && small.activeCellCount < 1_000)
        }
    }

    private static let counts = [
        "mmrbench": "10350 cells in 2655 fits", "vl-routerbench": "2529 cells in 2529 fits",
    ]

    @Test func `the documented example resolves`() throws {
        let lock = try Self.resolve("example")
        let summary = PlanSummary(lock)
        #expect(summary.isExact && summary.keys == summary.new)
        #expect(summary.keys == lock.activeCellCount - lock.deferredCount - summary.latency && summary.latency > 0)
        #expect(summary.secondStage.map { $0.cells == lock.deferredCount && $0.selected != nil } == true)
        #expect(lock.limits.maxFails == .percent(1) && lock.limits.memoryBytes == 2 << 30)
    }
}
