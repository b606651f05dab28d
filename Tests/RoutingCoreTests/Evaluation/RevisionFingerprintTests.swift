import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData
import Testing

/// What the rules and metrics give on a tiny fixture, per revision: a change of numbers needs a new revision.
@Suite struct RevisionFingerprintTests {
    private struct ScoringRouter: FittedRouter {
        func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput {
            let elements = rows.flatMap { row in table.models.indices.map { Double((row * 7 + $0 * 5) % 4) } }
            return .scores(Matrix(rows: rows.count, columns: table.models.count, elements: elements))
        }
    }

    /// Three models on 24 rows with ties, a missing cell and fractional quality; all numbers exact in binary.
    private func experiment(_ mode: EvaluationMode, scores: Bool) throws -> FittedExperiment {
        var quality: [Double] = []
        var cost: [Double] = []
        for cell in 0..<72 {
            quality.append(Double((cell * 5 + cell / 3) % 3) / 2)
            cost.append(Double(1 << (2 * (cell % 3))) + Double((cell * 11) % 8) / 8)
        }
        quality[70] = .nan
        cost[70] = .nan
        let table = OutcomeTable(
            models: ["a", "b", "c"],
            samples: (0..<24).map { Sample(id: "\($0)", dataset: "d\($0 % 2)", group: "g") },
            quality: Matrix(rows: 24, columns: 3, elements: quality),
            cost: Matrix(rows: 24, columns: 3, elements: cost)
        )
        let request = FitRequest(
            router: RouterConfiguration(kind: "fixture", parameters: [:]),
            mode: mode,
            streams: RandomStreams(seed: 0, splitIndex: 0, routerKind: "fixture"),
            table: table,
            parts: SplitParts(train: Array(0..<8), dev: Array(8..<16), test: Array(16..<24))
        )
        if scores { return try FittedExperiment(request: request, router: ScoringRouter()) }
        let router = AnsweringRouter(
            quality: Matrix(rows: 24, columns: 3, elements: (0..<72).map { Double(($0 * 13 + 5) % 8) / 8 }),
            cost: Matrix(rows: 24, columns: 3, elements: (0..<72).map { Double(($0 * 17 + 3) % 16) / 2 })
        )
        return try FittedExperiment(request: request, router: router)
    }

    private func evaluations(_ rule: BudgetRule) throws -> [Evaluation] {
        try [EvaluationMode.sound, .compat].flatMap { mode in
            let experiment = try experiment(mode, scores: rule == .softLabel)
            let budgets: [Budget] = rule == .threshold ? [.exact, .amount(2), .relative(0.5)] : [.exact, .amount(0.5)]
            return try budgets.map { try experiment.evaluate(EvaluationRequest(part: .test, rule: rule, budget: $0)) }
        }
    }

    /// Revision 2 of every rule; whoever changes a rule's numbers gives it a new revision.
    ///
    /// The oracle is a bound at every budget, listed budgets cap policies, and records say where dev picks.
    @Test(arguments: [
        (BudgetRule.threshold, 2, "5296bfe21c6b0e9e"),
        (.penalty, 2, "78a43ad97db24dd8"),
        (.softLabel, 2, "b5291b959d79de19"),
    ])
    func `a rule's operating points belong to its revision`(rule: BudgetRule, revision: Int, fingerprint: String) throws
    {
        #expect(rule.descriptor.revision == revision)
        let found = try evaluations(rule).map { evaluation -> JSONValue in
            guard var members = evaluation.result.objectValue else { return .null }
            members["metrics"] = nil
            members["choices"] = .array(evaluation.choices.elements.map { JSONValue(Int($0)) })
            return .object(members)
        }
        #expect(JSONValue.array(found).digest.hex.prefix(16) == fingerprint, "rule \(rule.rawValue)")
    }

    /// Revision 3 of the metrics, to twelve digits.
    ///
    /// Since revision 2 the cheapest single model is never right of a router's point, references count missing train
    /// outcomes as wrong, and what is read at one point is picked on dev; since revision 3 parity is read at the peak
    /// of dev where no point reaches the best single model.
    @Test func `the metrics belong to their revision`() throws {
        #expect(CurveMetric.revision == 3)
        let texts = try BudgetRule.allCases.flatMap { try evaluations($0) }.flatMap { evaluation in
            CurveMetric.allCases.map { metric -> JSONValue in
                let value = evaluation.result["metrics"]?[metric.rawValue]
                let number = value?["v"]?.numberValue.map { String(format: "%.12g", $0) }
                return .string("\(metric.rawValue) \(number ?? value?["why"]?.stringValue ?? "?")")
            }
        }
        #expect(JSONValue.array(texts).digest.hex.prefix(16) == "34b26a30117838c1")
    }
}
