import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Testing

/// At the ends of the ranges that imports allow, every router and rule gives finite numbers or a reason, never a trap.
@Suite struct ExtremeValueTests {
    private static let routers: [(kind: String, parameters: [String: JSONValue])] = [
        ("best-single", [:]), ("cheapest", [:]), ("oracle", [:]), ("random-mix", [:]), ("knn", ["k": 3]),
        ("kmeans", ["clusters": 2]), ("linear", [:]), ("linear", ["l2": 1]), ("mlp", ["hidden": [4], "epochs": 2]),
    ]

    private static let costs = [0, 1e-18, 1.5e-18, 1e-9, 1, 1e9, 1e18, 9.9e17]
    private static let qualities = [0, 1, Double.leastNonzeroMagnitude, 1e-300, 0.5, 1 - 1e-16]
    private static let entries: [Float] = [0, 1e15, -1e15, 1e-38, Float.leastNonzeroMagnitude, 1]

    private func table(_ generator: inout Xoshiro256, rows: Int, models: Int) -> OutcomeTable {
        // A few tables of one value, a few of all.
        let pool = (0..<1 + generator.below(3)).map { _ in Self.costs[generator.below(Self.costs.count)] }
        var quality = Matrix<Double>(repeating: 0, rows: rows, columns: models)
        var cost = quality
        for cell in quality.elements.indices {
            quality.elements[cell] = Self.qualities[generator.below(Self.qualities.count)]
            cost.elements[cell] = pool[generator.below(pool.count)]
            if generator.below(8) == 0 { (quality.elements[cell], cost.elements[cell]) = (.nan, .nan) }
        }
        let text = (0..<rows * 3).map { _ in Self.entries[generator.below(Self.entries.count)] }
        return OutcomeTable(
            models: (0..<models).map { "m\($0)" },
            samples: (0..<rows).map { Sample(id: "s\($0)", dataset: "d", group: "s\($0)") },
            quality: quality,
            cost: cost,
            text: Matrix(rows: rows, columns: 3, elements: text)
        )
    }

    private func numbers(_ json: JSONValue) -> [Double] {
        switch json {
        case .integer(let value): [Double(value)]
        case .double(let value): [value]
        case .array(let values): values.flatMap(numbers)
        case .object(let members): members.values.flatMap(numbers)
        default: []
        }
    }

    @Test(arguments: 0..<120) func `the ends of the ranges end no evaluation`(seed: Int) throws {
        var generator = Xoshiro256(seed: Digest(hashing: "extreme \(seed)".utf8))
        let table = table(&generator, rows: 24, models: 1 + generator.below(4))
        for (kind, parameters) in Self.routers {
            for mode in [EvaluationMode.sound, .compat] {
                let request = FitRequest(
                    router: try RouterCatalog.configure(kind: kind, parameters: parameters),
                    mode: mode,
                    modality: .text,
                    streams: RandomStreams(seed: 0, splitIndex: 0, routerKind: kind),
                    table: table,
                    parts: SplitParts(train: Array(0..<12), dev: Array(12..<18), test: Array(18..<24))
                )
                let experiment: FittedExperiment
                do {
                    experiment = try FittedExperiment(fitting: request)
                } catch let error as RouteGridError {
                    #expect(!error.message.isEmpty)
                    continue
                }
                let rules = try RouterCatalog.descriptor(of: kind).rules
                for (rule, budget) in [
                    (BudgetRule.threshold, Budget.exact), (.threshold, .relative(0.5)), (.threshold, .amount(1)),
                    (.penalty, .exact), (.penalty, .amount(1e6)),
                ] where rules.contains(rule) {
                    let place: Comment = "seed \(seed), \(kind), \(mode.rawValue), \(rule.rawValue), \(budget)"
                    do {
                        let asked = EvaluationRequest(testModality: .text, part: .test, rule: rule, budget: budget)
                        let evaluation = try experiment.evaluate(asked)
                        #expect(numbers(evaluation.result).allSatisfy { $0.isFinite }, place)
                    } catch let error as RouteGridError {
                        #expect(!error.message.isEmpty, place)
                    }
                }
            }
        }
    }
}
