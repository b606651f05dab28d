import Catalog
import Foundation
import RouteGridBase
import RoutingData

/// Soft labels: a distribution over the correct models of a row that leans to the cheap ones as λ grows.
///
/// With s the cost scale and C the cost, for the models j that are correct on row i, and 0 for the others:
/// ```
/// exp    t_i(j) ∝ exp(−λ s C_ij)          power    t_i(j) ∝ (s C_ij + 1e-12)^−λ
/// ```
/// λ = 0 is uniform over the correct models, λ = ∞ all weight on the cheapest correct one. A row without a correct
/// model has all weight on its cheapest model. Computed in log space.
/// - Reference: Z. Huang et al., "VL-RouterBench", arXiv 2512.23562, and its released code.
struct SoftLabels {
    enum Scheme: String, CaseIterable {
        case exponential = "exp"
        case power
    }

    let lambda: Double
    let scale: Double
    let scheme: Scheme

    /// - Throws: ``RouteGridError`` `badInput` for an unknown scheme or a negative λ or scale.
    init(_ configuration: LabelConfiguration) throws(RouteGridError) {
        guard let scheme = Scheme(rawValue: configuration.scheme) else {
            throw .badInput("label", "unknown scheme \"\(configuration.scheme)\": expected exp or power")
        }
        guard configuration.lambda >= 0, configuration.scale > 0, configuration.scale.isFinite else {
            throw .badInput(
                "label",
                "λ = \(configuration.lambda), scale \(configuration.scale): expected λ ≥ 0, scale > 0"
            )
        }
        (lambda, scale, self.scheme) = (configuration.lambda, configuration.scale, scheme)
    }

    /// The labels of a request that must have some.
    static func of(_ request: FitRequest) throws(RouteGridError) -> SoftLabels {
        guard let label = request.label else {
            throw .badInput(
                "router \(request.router.kind)",
                "reads soft labels: expected a label rule with λ, found none"
            )
        }
        return try SoftLabels(label)
    }

    /// `[rows, models]`, each row summing to 1.
    func targets(for rows: [Int], of models: CorrectModels) -> Matrix<Double> {
        let count = models.table.models.count
        var targets = Matrix<Double>(repeating: 0, rows: rows.count, columns: count)
        var logits = [Double](repeating: 0, count: count)
        for (place, row) in rows.enumerated() {
            let correct = (0..<count).filter { models.isCorrect(row, $0) && !models.table.cost[row, $0].isNaN }
            guard !correct.isEmpty, lambda.isFinite else {
                targets[place, models.label(row)] = 1
                continue
            }
            for model in correct {
                let cost = scale * models.table.cost[row, model]
                logits[model] = -lambda * (scheme == .exponential ? cost : log(cost + 1e-12))
            }
            let greatest = correct.reduce(-Double.infinity) { max($0, logits[$1]) }
            let total = correct.reduce(0) { $0 + exp(logits[$1] - greatest) }
            for model in correct { targets[place, model] = exp(logits[model] - greatest) / total }
        }
        return targets
    }
}
