import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport
import Testing

/// Under a listed budget of the rule `threshold` every row keeps within it, by train, or is marked.
@Suite struct CappedRowTests {
    /// Four models that cost 1, 2, 4, 8 on average and are right on 0.3, 0.5, 0.4, 0.9 of the rows.
    private static let table: OutcomeTable = {
        var generator = Xoshiro256(seed: HashedText.digest(["capped rows"]))
        var (quality, cost): ([Double], [Double]) = ([], [])
        for _ in 0..<600 {
            for model in 0..<4 {
                quality.append(generator.uniform() < [0.3, 0.5, 0.4, 0.9][model] ? 1 : 0)
                cost.append([1.0, 2, 4, 8][model] * (0.5 + generator.uniform()))
            }
        }
        return OutcomeTable(
            models: ["a", "b", "c", "d"],
            samples: (0..<600).map { Sample(id: "s\($0)", dataset: "d", group: "s\($0)") },
            quality: Matrix(rows: 600, columns: 4, elements: quality),
            cost: Matrix(rows: 600, columns: 4, elements: cost)
        )
    }()

    private static let parts = SplitParts(train: Array(0..<300), dev: Array(300..<450), test: Array(450..<600))

    private func experiment(_ kind: String, _ parameters: [String: JSONValue] = [:]) throws -> FittedExperiment {
        try FittedExperiment(
            fitting: FitRequest(
                router: RouterConfiguration(kind: kind, parameters: parameters),
                mode: .sound,
                streams: RandomStreams(seed: 3, splitIndex: 0, routerKind: kind),
                table: Self.table,
                parts: Self.parts
            )
        )
    }

    private func evaluation(_ experiment: FittedExperiment, _ budget: Budget) throws -> Evaluation {
        try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: budget))
    }

    private func meanTrainCost(_ choices: [ModelNumber], _ pool: PoolStatistics) -> Double {
        exactMean(choices.map { pool.meanCost[Int($0)] })
    }

    @Test(arguments: [0.5, 1.5, 3, 5, 7.9, 20])
    func `one point, within the budget by train, or over budget`(limit: Double) throws {
        let ground = try EvaluationGround(Self.table, parts: Self.parts, mode: .sound)
        let pool = ground.pool
        for (kind, parameters) in [
            ("best-single", [:]), ("cheapest", [:]), ("random", ["trials": 50]), ("random-mix", ["points": 50]),
            ("fixed", ["model": "c"]), ("fixed", ["model": "d"]),
        ] as [(String, [String: JSONValue])] {
            let found = try evaluation(try experiment(kind, parameters), .amount(limit))
            #expect(found.choices.rows == 1, "\(kind)")
            let cap = found.result["cost_cap"]
            #expect(cap?["limit"]?.numberValue == limit)
            let planned = try #require(cap?["planned"]?.numberValue)
            #expect((cap?["over"] == true) == (planned > limit), "\(kind)")
            // Draws are over models whose mean is planned; the others are planned as chosen.
            let realised = meanTrainCost(found.choices.elements, pool)
            if kind != "random" { #expect(realised <= planned + 1e-9 && realised > planned - 0.06, "\(kind)") }
            if kind != "fixed", limit >= pool.lowestCost { #expect(planned <= limit, "\(kind)") }
            if kind == "random", limit >= pool.lowestCost {
                #expect(found.choices.elements.allSatisfy { pool.meanCost[Int($0)] <= limit })
            }
        }
        let best = try evaluation(try experiment("best-single"), .amount(limit)).choices.elements[0]
        let affordable = (0..<4).filter { pool.meanCost[$0] <= limit }
        let expected = affordable.max { pool.meanQuality[$0] < pool.meanQuality[$1] } ?? pool.cheapest
        #expect(Int(best) == expected)
    }

    @Test func `a mixture spends the budget, and no more than the best model costs`() throws {
        let pool = try EvaluationGround(Self.table, parts: Self.parts, mode: .sound).pool
        let mix = try experiment("random-mix", ["points": 50])
        #expect(try evaluation(mix, .exact).choices.rows == 50)
        #expect(try evaluation(mix, .exact).result["cost_cap"] == nil)
        for limit in [1.5, 3, 5, 7] {
            let spent = meanTrainCost(try evaluation(mix, .amount(limit)).choices.elements, pool)
            #expect(spent <= limit && spent > limit - 0.06)
        }
        let all = try evaluation(mix, .amount(100)).choices.elements
        #expect(all.allSatisfy { Int($0) == pool.best })
    }

    @Test func `a router that predicts is over budget when it spends more, or cannot afford its queries`() throws {
        let request = try experiment("fixed", ["model": "a"]).request
        let rows = Self.table.samples.count
        // It predicts that every model costs nothing.
        let blind = AnsweringRouter(
            quality: Self.table.quality,
            cost: Matrix(repeating: 0, rows: rows, columns: 4)
        )
        let spender = try FittedExperiment(request: request, router: blind)
        #expect(try evaluation(spender, .amount(0.5)).result["cost_cap"]?["over"] == true)
        let knowing = AnsweringRouter(quality: Self.table.quality, cost: Self.table.cost)
        let keeper = try FittedExperiment(request: request, router: knowing)
        #expect(try evaluation(keeper, .amount(3)).result["cost_cap"]?["over"] == false)
        #expect(try evaluation(keeper, .amount(0.1)).result["cost_cap"]?["over"] == true)
    }

    @Test func `budgets do not reach policies in compat, nor under penalties`() throws {
        let mix = try experiment("random-mix", ["points": 50])
        let penalty = try mix.evaluate(EvaluationRequest(part: .test, rule: .penalty, budget: .amount(0.5)))
        #expect(penalty.choices.rows == 50 && penalty.result["cost_cap"] == nil)
        var request = try experiment("best-single").request
        request.mode = .compat
        let compat = try FittedExperiment(fitting: request)
        let found = try evaluation(compat, .amount(0.1))
        #expect(found.result["cost_cap"] == nil && found.choices.elements[0] == 3)
    }
}
