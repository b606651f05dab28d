import RouteGridBase
import Scoring
import TestSupport
import Testing

@testable import Aggregator

@Suite struct SeedVarianceTests {
    @Test func `without two seeds on one split there is no variance between seeds`() {
        #expect(SeedVariance(splits: [0]) == nil)
        #expect(SeedVariance(splits: [0, 1, 2]) == nil)
    }

    @Test func `one split is the textbook's interval of a mean`() throws {
        let variance = try #require(SeedVariance(splits: [0, 0, 0]))
        // Standard deviation 0.1, three values, t of two degrees.
        let half = variance.halfWidth([0.5, 0.6, 0.7], alpha: 0.05)
        #expect(abs(half - 4.302_652_729_749_5 * 0.1 / 3.squareRoot()) < 1e-12)
    }

    @Test func `differences between splits are not those between seeds`() throws {
        let variance = try #require(SeedVariance(splits: [0, 0, 1, 1]))
        #expect(variance.halfWidth([0.5, 0.5, 0.9, 0.9], alpha: 0.05) == 0)
    }

    @Test func `the interval of a mean over training covers it as often as it says`() throws {
        var generator = Xoshiro256(seed: HashedText.digest(["seed variance"]))
        let splits = [0, 0, 1, 1, 1]
        let variance = try #require(SeedVariance(splits: splits))
        let trials = 4_000
        let covered = (0..<trials).count { _ in
            let values = splits.map { Double($0) + normal(&generator) }
            let mean = ((values[0] + values[1]) / 2 + (values[2] + values[3] + values[4]) / 3) / 2
            return abs(mean - 0.5) <= variance.halfWidth(values, alpha: 0.05)
        }
        let found = Interval.wilson(Double(covered) / Double(trials), of: trials, alpha: 0.001)
        #expect(found.low < 0.95 && 0.95 < found.high, "\(covered) of \(trials)")
    }

    @Test func `rows of several seeds have both intervals, and rows of one have one`() throws {
        let board = try BoardStatisticsTests.records(splits: [0, 1]).board()
        let seeded = try #require(board.rows.first { $0.routerKind == "kmeans" })
        let items = try #require(seeded.itemInterval("accuracy"))
        let both = try #require(seeded.interval("accuracy"))
        let values = seeded.runs.compactMap { $0.metrics["accuracy"]?["v"]?.numberValue }
        #expect(values.count == 4 && Set(values).count > 2, "the seeds differ")
        #expect(both.low < items.low && items.high < both.high && both.low >= 0 && both.high <= 1)
        #expect(String(decoding: board.csvBytes, as: UTF8.self).contains(",accuracy_lo_seeds,"))
        let plain = try #require(board.rows.first { $0.routerKind == "knn" })
        #expect(plain.metrics["accuracy"]?["lo_seeds"] == nil && plain.interval("accuracy") != nil)
    }

    @Test(arguments: [0.02, 0.1, 0.3])
    func `QNC is shown where the interval over items and seeds is above the margin, and nowhere else`(
        margin: Double
    ) throws {
        var records = try BoardStatisticsTests.records(splits: [0, 1])
        records.statistics = [
            "bootstrap": 200, "alpha": 0.05, "cluster": "prompt", "seed": 5, "margin": .double(margin),
        ]
        let rows = try records.board().rows.filter { !$0.isBound && $0.routerKind != "best-single" }
        #expect(rows.count == 3)
        for row in rows {
            let low = try #require(row.interval("qnc_gap")).low
            #expect((row.value("qnc") != nil) == (low > -margin), "\(row.routerKind) \(low)")
        }
        #expect(margin < 0.3 || rows.contains { $0.value("qnc") != nil })
    }

    private func normal(_ generator: inout Xoshiro256) -> Double {
        NormalDistribution.quantile(max(generator.fraction(), 0x1p-53))
    }
}
