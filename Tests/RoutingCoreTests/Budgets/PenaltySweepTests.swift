import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport
import Testing

@Suite struct PenaltySweepTests {
    private func choices(
        at lambda: Double,
        quality: Matrix<Double>,
        cost: Matrix<Double>,
        scale: Double,
        ground: EvaluationGround
    ) -> [Int] {
        (0..<quality.rows).map { item in
            let known = (0..<quality.columns).filter { !quality[item, $0].isNaN && !cost[item, $0].isNaN }
            let best = BruteForce.argmax(
                known,
                score: { quality[item, $0] - lambda * (cost[item, $0] * scale) },
                cost: { cost[item, $0] },
                pool: ground.pool,
                mode: ground.mode
            )
            return best ?? (ground.mode == .sound ? ground.pool.byCost[0] : 0)
        }
    }

    @Test(arguments: 0..<400, [EvaluationMode.sound, .compat])
    func `the sweep meets every choice that some penalty makes`(seed: Int, mode: EvaluationMode) throws {
        var random = RandomTables(seed: seed)
        let (table, parts) = random.table(trainRows: 6, levels: 100, missing: 0)
        let ground = try EvaluationGround(table, parts: parts, mode: mode)
        let outcomes = try ground.outcomes(of: .test)
        // Quarters and halves: breakpoints of several items coincide, ties at 0 are common.
        let levels = [3, 5, 100][seed % 3]
        let missing = seed % 4 == 0 ? 0.3 : 0
        let quality = random.matrix(levels: levels, missing: missing)
        let cost = random.matrix(levels: levels, missing: missing)
        let scale = seed % 2 == 0 ? 1 : 1 / ground.pool.highestCost
        let sweep = PenaltySweep(quality: quality, cost: cost, scale: scale, order: ground.order)
        let curve = sweep.curve(of: outcomes)

        // The curve's λ, and the choices there, against the definition.
        let given = sweep.choices(at: curve.budgets)
        for (place, lambda) in curve.budgets.enumerated() {
            let expected = choices(at: lambda, quality: quality, cost: cost, scale: scale, ground: ground)
            #expect(given.row(place).map(Int.init) == expected, "seed \(seed), λ \(lambda)")
            let brute = BruteForce.point(expected, outcomes)
            #expect(curve.cost[place] == brute.cost, "seed \(seed), λ \(lambda)")
            #expect(curve.accuracy[place] == brute.accuracy, "seed \(seed), λ \(lambda)")
        }

        // All breakpoints by brute force; between two of them and beyond, the curve has the same point.
        var breakpoints: Set<Double> = [0]
        for item in 0..<quality.rows {
            for a in 0..<quality.columns {
                for b in 0..<quality.columns where cost[item, a] > cost[item, b] {
                    let lambda = (quality[item, a] - quality[item, b]) / ((cost[item, a] - cost[item, b]) * scale)
                    if lambda > 0 { breakpoints.insert(lambda) }
                }
            }
        }
        let sorted = breakpoints.sorted()
        for (left, right) in zip(sorted, sorted.dropFirst() + [sorted[sorted.count - 1] * 2 + 1]) {
            if right - left < 1e-9 * right { continue }
            let lambda = (left + right) / 2
            let brute = BruteForce.point(
                choices(at: lambda, quality: quality, cost: cost, scale: scale, ground: ground),
                outcomes
            )
            let isThere = (0..<curve.count).contains {
                curve.cost[$0] == brute.cost && curve.accuracy[$0] == brute.accuracy
            }
            #expect(isThere, "seed \(seed), λ \(lambda)")
        }
        #expect(curve.budgets == curve.budgets.sorted() && curve.budgets.first == 0, "seed \(seed)")
    }

    @Test func `at a tie sound takes the cheaper model, compat the first`() throws {
        let table = OutcomeTable(
            models: ["dear", "cheap"],
            samples: [Sample(id: "0", dataset: "d", group: "0")],
            quality: Matrix(rows: 1, columns: 2, elements: [1, 1]),
            cost: Matrix(rows: 1, columns: 2, elements: [2, 1])
        )
        let parts = SplitParts(train: [0], dev: [], test: [0])
        for (mode, expected) in [(EvaluationMode.sound, [ModelNumber(1), 1, 1]), (.compat, [0, 0, 1])] {
            let ground = try EvaluationGround(table, parts: parts, mode: mode)
            let quality = Matrix(rows: 1, columns: 2, elements: [1, 0.5])
            let tied = PenaltySweep(quality: table.quality, cost: table.cost, scale: 0.5, order: ground.order)
            let crossing = PenaltySweep(quality: quality, cost: table.cost, scale: 0.5, order: ground.order)
            #expect(tied.choices(at: [0]).elements + crossing.choices(at: [1, 1.5]).elements == expected)
        }
    }
}
