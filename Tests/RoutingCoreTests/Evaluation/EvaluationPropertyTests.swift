import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport
import Testing

@Suite struct EvaluationPropertyTests {
    /// Every number of a document.
    private func numbers(_ json: JSONValue) -> [Double] {
        switch json {
        case .integer(let value): [Double(value)]
        case .double(let value): [value]
        case .array(let values): values.flatMap(numbers)
        case .object(let members): members.values.flatMap(numbers)
        default: []
        }
    }

    @Test(arguments: 0..<200, [EvaluationMode.sound, .compat])
    func `whatever the table, results are finite and follow from the choices`(seed: Int, mode: EvaluationMode) throws {
        var random = RandomTables(seed: seed)
        // Three train rows of which many cells are missing: models without any train outcome occur.
        let (table, parts) = random.table(trainRows: 3 + random.items, levels: [1, 2, 100][seed % 3], missing: 0.4)
        let request = FitRequest(
            router: RouterConfiguration(kind: "given", parameters: [:]),
            mode: mode,
            streams: RandomStreams(seed: 0, splitIndex: 0, routerKind: "given"),
            table: table,
            parts: SplitParts(train: [0, 1, 2], dev: Array(3..<3 + random.items), test: parts.test)
        )
        let rows = table.samples.count
        let router = AnsweringRouter(
            quality: random.matrix(rows: rows, levels: 3, missing: 0.1),
            cost: random.matrix(rows: rows, levels: [2, 100][seed % 2], missing: 0.1)
        )
        let experiment: FittedExperiment
        do {
            experiment = try FittedExperiment(request: request, router: router)
        } catch let error as RouteGridError {
            // Nothing at all is known of train: the one reason to refuse.
            #expect(error.message.contains("no model has an outcome in the train part"), "seed \(seed)")
            return
        }
        let ground = try EvaluationGround(table, parts: request.parts, mode: mode)
        for part in EvaluationPart.allCases {
            let outcomes = try ground.outcomes(of: part)
            for (rule, budget) in [
                (BudgetRule.threshold, Budget.exact), (.threshold, .amount(0.5)), (.threshold, .relative(0.5)),
                (.penalty, .exact), (.penalty, .amount(0)), (.penalty, .amount(2)),
            ] {
                let evaluation = try experiment.evaluate(EvaluationRequest(part: part, rule: rule, budget: budget))
                let place: Comment = "seed \(seed), \(part.rawValue), \(rule.rawValue), \(budget)"
                #expect(numbers(evaluation.result).allSatisfy { $0.isFinite }, place)
                let points = outcomes.points(of: evaluation.choices)
                let listed = evaluation.result["points"]?.arrayValue ?? []
                #expect(listed.count == points.count && !points.isEmpty, place)
                #expect(listed.map { $0["cost"]?.numberValue } == points.map { $0.cost }, place)
                #expect(listed.map { $0["accuracy"]?.numberValue } == points.map { $0.accuracy }, place)
                for metric in CurveMetric.cases(of: mode) {
                    let value = evaluation.result["metrics"]?[metric.rawValue]
                    let isAbsent = value?["v"] == .null && value?["why"]?.stringValue?.isEmpty == false
                    #expect(value?["v"]?.numberValue != nil || isAbsent, place)
                }
                // The same request gives the same bytes.
                let again = try experiment.evaluate(EvaluationRequest(part: part, rule: rule, budget: budget))
                #expect(again.result == evaluation.result && again.choices == evaluation.choices, place)
            }
        }
    }
}
