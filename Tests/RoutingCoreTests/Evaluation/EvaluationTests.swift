import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport
import Testing

/// A router that gives fixed choices or scores.
private struct StubRouter: FittedRouter {
    var answer: @Sendable ([Int]) -> RouterOutput
    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput { answer(rows) }
}

@Suite struct EvaluationTests {
    /// Three models (cheap and weak, middle, dear and strong) on 40 train, 40 dev, 40 test rows; one cell in 20
    /// missing.
    private func experiment(
        _ mode: EvaluationMode = .sound,
        kind: String = "stub",
        dev: Bool = true,
        missing: Bool = true,
        answer: (@Sendable ([Int]) -> RouterOutput)? = nil
    ) throws -> FittedExperiment {
        var generator = Xoshiro256(seed: HashedText.digest(["evaluation tests"]))
        var quality = Matrix<Double>(repeating: 0, rows: 120, columns: 3)
        var cost = quality
        for row in 0..<120 {
            for model in 0..<3 {
                quality[row, model] = generator.uniform() < 0.5 + 0.2 * Double(model) ? 1 : 0
                cost[row, model] = Double(1 + 4 * model) + generator.uniform()
                if missing, generator.below(20) == 0 { (quality[row, model], cost[row, model]) = (.nan, .nan) }
            }
        }
        let table = OutcomeTable(
            models: ["cheap", "middle", "strong"],
            samples: (0..<120).map { Sample(id: "s\($0)", dataset: "d\($0 % 2)", group: "g\($0 % 3)") },
            quality: quality,
            cost: cost
        )
        let request = FitRequest(
            router: RouterConfiguration(kind: kind, parameters: [:]),
            mode: mode,
            streams: RandomStreams(seed: 0, splitIndex: 0, routerKind: kind),
            table: table,
            parts: SplitParts(train: Array(0..<40), dev: dev ? Array(40..<80) : [], test: Array(80..<120))
        )
        var predictedQuality = Matrix<Double>(repeating: 0, rows: 120, columns: 3)
        var predictedCost = predictedQuality
        for cell in 0..<360 {
            predictedQuality.elements[cell] = generator.uniform() + 0.2 * Double(cell % 3)
            predictedCost.elements[cell] = Double(1 + 4 * (cell % 3)) + generator.uniform()
        }
        guard let answer else {
            let router = AnsweringRouter(quality: predictedQuality, cost: predictedCost)
            return try FittedExperiment(request: request, router: router)
        }
        return try FittedExperiment(request: request, router: StubRouter(answer: answer))
    }

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    @Test(arguments: [BudgetRule.threshold, .penalty])
    func `sound freezes the dev frontier and reads it on test`(rule: BudgetRule) throws {
        let experiment = try experiment()
        let dev = try experiment.evaluate(EvaluationRequest(part: .dev, rule: rule, budget: .exact))
        let test = try experiment.evaluate(EvaluationRequest(part: .test, rule: rule, budget: .exact))
        let name = rule == .threshold ? "threshold" : "lambda"
        func points(_ evaluation: Evaluation, _ member: String) -> [Double] {
            evaluation.result["points"]?.arrayValue?.compactMap { $0[member]?.numberValue } ?? []
        }
        #expect(points(dev, name) == points(test, name))
        #expect(points(dev, name).count == dev.choices.rows && dev.choices.rows > 2)
        // On dev the points are a frontier: cost and accuracy rise together.
        let (cost, accuracy) = (points(dev, "cost"), points(dev, "accuracy"))
        #expect(cost == cost.sorted() && accuracy == accuracy.sorted() && Set(accuracy).count == accuracy.count)
        // Each point alone gives the same choices.
        for (id, budget) in points(test, name).enumerated() {
            let alone = try experiment.evaluate(EvaluationRequest(part: .test, rule: rule, budget: .amount(budget)))
            #expect(alone.choices.elements == Array(test.choices.row(id)))
        }
        // ps on test is the test accuracy of the point that is best on dev.
        let peak = accuracy.count - 1
        #expect(test.result["metrics"]?["ps"]?["at"]?.integerValue == peak)
        #expect(test.result["metrics"]?["ps"]?["v"]?.numberValue == points(test, "accuracy")[peak])
        #expect(test.result["n"]?.integerValue == 40)
    }

    @Test func `a stored record's metrics come again out of its result and its choices`() throws {
        let experiment = try experiment()
        let test = try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .exact))
        let request = experiment.request
        let ground = try EvaluationGround(request.table, parts: request.parts, mode: .sound)
        let outcomes = try ground.outcomes(of: .test)
        let reference = try ground.reference(on: outcomes, result: test.result, place: "record")
        let metrics = MetricFormulae(points: outcomes.points(of: test.choices), reference: reference)
        for metric in CurveMetric.allCases {
            #expect(metrics[metric].number == test.result["metrics"]?[metric.rawValue]?["v"]?.numberValue)
        }
        let broken: JSONValue = ["points": [], "metrics": ["accuracy": ["v": 0.5, "at": 3]]]
        #expect(
            message { _ = try ground.reference(on: outcomes, result: broken, place: "r.jsonl:7") }
                == "r.jsonl:7: metric accuracy is read at point 3: expected 0 ..< 0"
        )
    }

    @Test func `a chosen missing cell is wrong, costs its model's mean train cost, and is counted`() throws {
        let experiment = try experiment { rows in .policies([[Int](repeating: 1, count: rows.count)]) }
        let evaluation = try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .exact))
        let table = experiment.request.table
        let charge = exactMean((0..<40).map { table.cost[$0, 1] }.filter { !$0.isNaN })
        let missing = (80..<120).filter { table.quality[$0, 1].isNaN }.count
        #expect(missing > 0)
        #expect(evaluation.result["n_missing_chosen"]?.integerValue == missing)
        let cost = exactMean((80..<120).map { table.cost[$0, 1].isNaN ? charge : table.cost[$0, 1] })
        let accuracy = exactMean((80..<120).map { table.quality[$0, 1].isNaN ? 0 : table.quality[$0, 1] })
        #expect(abs((evaluation.result["metrics"]?["mean_cost"]?["v"]?.numberValue ?? 0) - cost) < 1e-12)
        #expect(evaluation.result["metrics"]?["accuracy"]?["v"]?.numberValue == accuracy)
        #expect(evaluation.result["metrics"]?["nauc_own"]?["why"]?.stringValue == "the curve has a single point")
        let all = (80..<120).reduce(0) { sum, row in sum + table.quality.row(row).count { $0.isNaN } }
        #expect(evaluation.result["n_missing"]?.integerValue == all)
    }

    @Test func `a relative budget is a multiple of the best single model's mean train cost`() throws {
        let experiment = try experiment(missing: false)
        let evaluation = try experiment.evaluate(
            EvaluationRequest(part: .test, rule: .threshold, budget: .relative(0.5))
        )
        let table = experiment.request.table
        let best = (0..<3).max { a, b in
            exactMean((0..<40).map { table.quality[$0, a] })
                < exactMean((0..<40).map { table.quality[$0, b] })
        }
        let mean = exactMean((0..<40).map { table.cost[$0, best ?? 0] })
        let threshold = evaluation.result["points"]?.arrayValue?[0]["threshold"]?.numberValue ?? 0
        #expect(abs(threshold - 0.5 * mean) < 1e-12)
        #expect(evaluation.result["points"]?.arrayValue?.count == 1)
    }

    @Test func `what can be afforded is counted at the largest budget`() throws {
        let experiment = try experiment()
        let low = try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .amount(0)))
        #expect(low.result["n_unaffordable"]?.integerValue == 40)
        #expect(low.choices.elements.allSatisfy { $0 == 0 })
        let high = try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .amount(100)))
        #expect(high.result["n_unaffordable"]?.integerValue == 0)
    }

    @Test func `scores are one choice a query, ties to the cheaper model in sound, to the first in compat`() throws {
        for (mode, expected) in [(EvaluationMode.sound, ModelNumber(0)), (.compat, 0)] {
            let experiment = try experiment(mode) { rows in
                .scores(Matrix(repeating: 1, rows: rows.count, columns: 3))
            }
            let request = EvaluationRequest(part: .test, rule: .softLabel, budget: .amount(.infinity))
            let evaluation = try experiment.evaluate(request)
            #expect(evaluation.choices.elements == [ModelNumber](repeating: expected, count: 40))
            #expect(evaluation.result["points"]?.arrayValue?[0]["lambda"] == "inf")
            let wrong = EvaluationRequest(part: .test, rule: .threshold, budget: .exact)
            #expect(message { _ = try experiment.evaluate(wrong) }.contains("rule threshold does not apply"))
        }
    }

    @Test func `slices have the values of each dataset and group`() throws {
        let evaluation = try experiment().evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .amount(6)))
        let slices = evaluation.result["slices"]?.objectValue ?? [:]
        #expect(Set(slices.keys) == ["dataset:d0", "dataset:d1", "group:g0", "group:g1", "group:g2"])
        let counts = ["dataset:d0", "dataset:d1"].compactMap { slices[$0]?["n"]?.integerValue }
        #expect(counts == [20, 20])
        let accuracy =
            ["dataset:d0", "dataset:d1"].compactMap { slices[$0]?["accuracy"]?.numberValue }.reduce(0, +) / 2
        #expect(abs(accuracy - (evaluation.result["metrics"]?["accuracy"]?["v"]?.numberValue ?? 0)) < 1e-12)
    }

    @Test func `bad requests are refused in one sentence`() throws {
        let noDev = try experiment(dev: false)
        let exact = EvaluationRequest(part: .test, rule: .threshold, budget: .exact)
        #expect(message { _ = try noDev.evaluate(exact) }.contains("the dev part is empty"))
        let point = try noDev.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .amount(6)))
        #expect(point.result["metrics"]?["qnc"]?["why"]?.stringValue?.contains("no dev part") == true)
        #expect(point.result["metrics"]?["ps"]?["v"] == point.result["metrics"]?["accuracy"]?["v"])
        let penalty = EvaluationRequest(part: .test, rule: .penalty, budget: .relative(0.5))
        #expect(message { _ = try noDev.evaluate(penalty) }.contains("expected λ or exact"))
        let soft = EvaluationRequest(part: .test, rule: .softLabel, budget: .amount(1))
        #expect(message { _ = try noDev.evaluate(soft) }.contains("rule soft-label does not apply"))
        let wide = OutcomeTable(
            models: (0..<65_536).map { "m\($0)" },
            samples: [Sample(id: "0", dataset: "d", group: "0")],
            quality: Matrix(repeating: 1, rows: 1, columns: 65_536),
            cost: Matrix(repeating: 1, rows: 1, columns: 65_536)
        )
        let parts = SplitParts(train: [0], dev: [], test: [0])
        #expect(message { _ = try EvaluationGround(wide, parts: parts, mode: .sound) }.contains("at most 65535"))
    }

    @Test(arguments: [BudgetRule.threshold, .penalty])
    func `a curve joined of single budgets reads as the record of all of them`(rule: BudgetRule) throws {
        let experiment = try experiment()
        let whole = try experiment.evaluate(EvaluationRequest(part: .test, rule: rule, budget: .exact))
        let name = rule == .threshold ? "threshold" : "lambda"
        let budgets = (whole.result["points"]?.arrayValue ?? []).compactMap { $0[name]?.numberValue }
        var (points, references): ([OperatingPoint], [CurveReference]) = ([], [])
        let outcomes = try experiment.ground.outcomes(of: .test)
        for budget in budgets {
            let single = try experiment.evaluate(EvaluationRequest(part: .test, rule: rule, budget: .amount(budget)))
            points += outcomes.points(of: single.choices)
            let json = try #require(single.result["reference"])
            references.append(try CurveReference(json, mode: .sound, place: "single"))
        }
        let joined = try CurveReference.joining(references, largest: points.count - 1, place: "joined")
        let reference = try experiment.ground.reference(on: outcomes, result: whole.result, place: "whole")
        #expect(joined.picks == reference.picks && reference.picks.hull.count > 1)
        let metrics = MetricFormulae(points: points, reference: joined)
        for metric in CurveMetric.allCases {
            let value = whole.result["metrics"]?[metric.rawValue]
            #expect(metrics[metric].number == value?["v"]?.numberValue, "\(metric.rawValue)")
            if metric != .qnc { #expect(metrics[metric].json["why"] == value?["why"], "\(metric.rawValue)") }
        }
    }

    @Test func `a router's own points are read where dev is dearest, whatever they cost on test`() throws {
        // Alternating points; on dev (rows 40…79) the second one is dear, on test the first.
        let experiment = try experiment(missing: false) { rows in
            .policies([rows.map { $0 < 80 ? 0 : 2 }, rows.map { $0 < 80 ? 2 : 0 }])
        }
        let evaluation = try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .exact))
        #expect(evaluation.result["metrics"]?["accuracy"]?["at"] == 1)
        let costs = evaluation.result["points"]?.arrayValue?.compactMap { $0["cost"]?.numberValue } ?? []
        #expect(costs[0] > costs[1])
        #expect(evaluation.result["metrics"]?["mean_cost"]?["v"]?.numberValue == costs[1])
    }

    @Test(arguments: [255, 256, 1_000])
    func `pools of any size have choices that their bytes give back`(models: Int) throws {
        var generator = Xoshiro256(seed: HashedText.digest(["large pool", String(models)]))
        let cells = 30 * models
        let table = OutcomeTable(
            models: (0..<models).map { "m\($0)" },
            samples: (0..<30).map { Sample(id: "s\($0)", dataset: "d", group: "s\($0)") },
            quality: Matrix(rows: 30, columns: models, elements: (0..<cells).map { _ in Double(generator.below(2)) }),
            cost: Matrix(rows: 30, columns: models, elements: (0..<cells).map { _ in generator.uniform() })
        )
        let router = AnsweringRouter(
            quality: Matrix(rows: 30, columns: models, elements: (0..<cells).map { _ in generator.uniform() }),
            cost: Matrix(rows: 30, columns: models, elements: (0..<cells).map { _ in generator.uniform() })
        )
        let request = FitRequest(
            router: RouterConfiguration(kind: "given", parameters: [:]),
            mode: .sound,
            streams: RandomStreams(seed: 0, splitIndex: 0, routerKind: "given"),
            table: table,
            parts: SplitParts(train: Array(0..<10), dev: Array(10..<20), test: Array(20..<30))
        )
        let experiment = try FittedExperiment(request: request, router: router)
        for rule in [BudgetRule.threshold, .penalty] {
            let found = try experiment.evaluate(EvaluationRequest(part: .test, rule: rule, budget: .exact))
            #expect(found.choiceType == (models > 255 ? .u16 : .u8))
            #expect(found.choiceBytes.count == found.choices.elements.count * (models > 255 ? 2 : 1))
            #expect(found.choiceType.choices(in: found.choiceBytes) == found.choices.elements)
            #expect(found.choices.elements.contains { $0 > 200 })
            let outcomes = try experiment.ground.outcomes(of: .test)
            for (row, point) in outcomes.points(of: found.choices).enumerated() {
                #expect(point == BruteForce.point(found.choices.row(row).map(Int.init), outcomes))
            }
        }
    }

    @Test func `a long frontier is thinned evenly with both its ends`() throws {
        let thinned = FrozenBudgets.thinned(Array(0..<5_000), to: 1_024)
        #expect(thinned.count == 1_024 && thinned.first == 0 && thinned.last == 4_999)
        #expect(zip(thinned, thinned.dropFirst()).allSatisfy { (4...5).contains($1 - $0) })
        #expect(FrozenBudgets.thinned([1, 2, 3], to: 3) == [1, 2, 3])
    }

    @Test(arguments: [EvaluationMode.sound, .compat], [EvaluationPart.dev, .test])
    func `a result's bytes are those of its tree, in both forms`(mode: EvaluationMode, part: EvaluationPart) throws {
        let policies: @Sendable ([Int]) -> RouterOutput = { rows in
            .policies([rows.map { $0 % 3 }, rows.map { _ in 2 }])
        }
        let scores: @Sendable ([Int]) -> RouterOutput = { rows in
            let elements = rows.flatMap { [Double($0 % 2), 0.5, Double($0 % 5) / 4] }
            return .scores(Matrix(rows: rows.count, columns: 3, elements: elements))
        }
        let cases: [(FittedExperiment, BudgetRule, [Budget])] = [
            (try experiment(mode), .threshold, [.exact, .relative(0.5), .amount(0), .amount(4.25), .amount(1e20)]),
            (try experiment(mode), .penalty, [.exact, .amount(0.1), .amount(3)]),
            (try experiment(mode, answer: policies), .threshold, [.exact, .amount(2)]),
            (try experiment(mode, answer: scores), .softLabel, [.amount(.infinity), .amount(0), .amount(0.3)]),
            (try experiment(mode, dev: part == .dev, missing: false), .threshold, [.amount(5.5)]),
        ]
        for (experiment, rule, budgets) in cases {
            for budget in budgets {
                // Twice: the second answer may come from what is kept.
                for _ in 0..<2 {
                    let evaluation = try experiment.evaluate(EvaluationRequest(part: part, rule: rule, budget: budget))
                    var bytes = EncodedJSON()
                    bytes.object { $0.members(evaluation.members) }
                    #expect(String(decoding: bytes.plain, as: UTF8.self) == evaluation.result.jsonText)
                    #expect(String(decoding: bytes.canonical, as: UTF8.self) == evaluation.result.canonicalText)
                }
            }
        }
    }

    @Test func `soft labels of two λ on one router keep their own points`() throws {
        let experiment = try experiment(answer: { rows in .policies([rows.map { _ in 1 }]) })
        for lambda in [0.25, 0.75] {
            let request = EvaluationRequest(part: .test, rule: .softLabel, budget: .amount(lambda))
            let points = try experiment.evaluate(request).result["points"]?.arrayValue
            #expect(points?[0]["lambda"]?.numberValue == lambda)
        }
    }
}
