import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport
import Testing

@Suite struct ThresholdSweepTests {
    /// What the rule says, item by item.
    private func choices(
        at threshold: Double,
        quality: Matrix<Double>,
        cost: Matrix<Double>,
        pool: PoolStatistics,
        mode: EvaluationMode
    ) -> [Int] {
        (0..<quality.rows).map { item in
            func score(_ model: Int) -> Double { quality[item, model].isNaN ? -.infinity : quality[item, model] }
            func price(_ model: Int) -> Double { cost[item, model].isNaN ? .infinity : cost[item, model] }
            func pick(_ models: [Int], _ score: (Int) -> Double) -> Int? {
                BruteForce.argmax(models, score: score, cost: price, pool: pool, mode: mode)
            }
            let all = Array(0..<quality.columns)
            if mode == .compat {
                return pick(all, { cost[item, $0] <= threshold ? score($0) : -.infinity }) ?? 0
            }
            let affordable = all.filter { cost[item, $0] <= threshold }
            return pick(affordable, score) ?? pick(all, { -price($0) }) ?? 0
        }
    }

    @Test(arguments: 0..<400, [EvaluationMode.sound, .compat])
    func `the sweep and the direct choice equal brute force at every distinct predicted cost`(
        seed: Int,
        mode: EvaluationMode
    ) throws {
        var random = RandomTables(seed: seed)
        let levels = [1, 3, 100][seed % 3]
        let missing = seed % 4 == 0 ? 0.3 : 0
        let (table, parts) = random.table(trainRows: 6, levels: levels, missing: mode == .sound ? missing / 2 : 0)
        let ground = try EvaluationGround(table, parts: parts, mode: mode)
        let outcomes = try ground.outcomes(of: .test)
        let quality = random.matrix(levels: [2, 3, 100][seed / 3 % 3], missing: missing)
        let cost = random.matrix(levels: levels, missing: missing)
        let sweep = ThresholdSweep(quality: quality, cost: cost, order: ground.order)
        let curve = sweep.curve(of: outcomes)
        let thresholds = Set(cost.elements.filter { !$0.isNaN }).sorted()
        #expect(curve.budgets == thresholds, "seed \(seed)")
        #expect(sweep.thresholdCount == thresholds.count, "seed \(seed)")
        let below = (thresholds.first ?? 0) - 1
        let asked = Array(thresholds.reversed()) + [below, .infinity, thresholds.first ?? 0]
        let given = sweep.choices(at: asked)
        for (place, threshold) in asked.enumerated() {
            let expected = choices(at: threshold, quality: quality, cost: cost, pool: ground.pool, mode: mode)
            #expect(given.row(place).map(Int.init) == expected, "seed \(seed), threshold \(threshold)")
            let direct = ground.order.choices(quality: quality, cost: cost, atMost: threshold)
            #expect(direct == expected, "seed \(seed), threshold \(threshold)")
            let unaffordable = (0..<quality.rows).count { item in
                !(0..<quality.columns).contains { cost[item, $0] <= threshold }
            }
            #expect(sweep.unaffordableCount(at: threshold) == unaffordable, "seed \(seed), threshold \(threshold)")
            if let point = thresholds.firstIndex(of: threshold) {
                let brute = BruteForce.point(expected, outcomes)
                #expect(curve.cost[point] == brute.cost, "seed \(seed), threshold \(threshold)")
                #expect(curve.accuracy[point] == brute.accuracy, "seed \(seed), threshold \(threshold)")
            }
        }
        let points = outcomes.points(of: given)
        for (place, threshold) in asked.enumerated() {
            let expected = choices(at: threshold, quality: quality, cost: cost, pool: ground.pool, mode: mode)
            #expect(points[place] == BruteForce.point(expected, outcomes), "seed \(seed), threshold \(threshold)")
        }
    }

    @Test
    func `MMR-Bench's oracle vector: an item that can afford nothing gets model 0 in compat, its cheapest in sound`()
        throws
    {
        let table = OutcomeTable(
            models: ["a", "b"],
            samples: (0..<2).map { Sample(id: "\($0)", dataset: "d", group: "\($0)") },
            quality: Matrix(rows: 2, columns: 2, elements: [0, 1, 1, 0]),
            cost: Matrix(rows: 2, columns: 2, elements: [1, 5, 2, 3])
        )
        let parts = SplitParts(train: [0, 1], dev: [], test: [0, 1])
        let ground = try EvaluationGround(table, parts: parts, mode: .compat)
        let sweep = ThresholdSweep(quality: table.quality, cost: table.cost, order: ground.order)
        let curve = sweep.curve(of: try ground.outcomes(of: .test))
        #expect(curve.budgets == [1, 2, 3, 5])
        #expect(curve.cost == [1.5, 1.5, 1.5, 3.5])
        #expect(curve.accuracy == [0.5, 0.5, 0.5, 1])
        #expect(sweep.choices(at: [5]).elements == [1, 0])
        #expect(sweep.unaffordableCount(at: 1) == 1)
        // A dear model first in the order: compat falls back on it, sound on the cheapest.
        let dear = Matrix(rows: 1, columns: 2, elements: [9.0, 4])
        let quality = Matrix(rows: 1, columns: 2, elements: [0.5, 0.5])
        for (mode, expected) in [(EvaluationMode.compat, ModelNumber(0)), (.sound, 1)] {
            let order = TieOrder(mode, pool: ground.pool)
            let sweep = ThresholdSweep(quality: quality, cost: dear, order: order)
            #expect(sweep.choices(at: [1, 9]).elements == [expected, expected])
        }
    }

    @Test(arguments: ["knn", "linear", "oracle"])
    func `the peer's whole curves on digits_vqa come out of its predictions`(router: String) throws {
        let (table, parts) = try GoldenFiles.digits()
        let ground = try EvaluationGround(table, parts: parts, mode: .compat)
        let isOracle = router == "oracle"
        let quality =
            isOracle ? table.quality.rows(parts.test) : try GoldenFiles.matrix("digits_vqa/\(router)_perf_pred.npy")
        let cost = isOracle ? table.cost.rows(parts.test) : try GoldenFiles.matrix("digits_vqa/\(router)_cost_pred.npy")
        let curve = ThresholdSweep(quality: quality, cost: cost, order: ground.order)
            .curve(of: try ground.outcomes(of: .test))
        let golden = try GoldenFiles.matrix("digits_vqa/\(router)_curve.npy")
        #expect(curve.count == golden.rows)
        for point in 0..<min(curve.count, golden.rows) {
            #expect(curve.budgets[point] == golden[point, 0], "point \(point)")
            #expect(abs(curve.cost[point] - golden[point, 1]) < 1e-9, "point \(point)")
            #expect(abs(curve.accuracy[point] - golden[point, 2]) < 1e-12, "point \(point)")
        }
    }
}
