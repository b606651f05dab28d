import Foundation
import RoutingData

/// The losses of the cosine heads on a batch of logits.
enum ContrastiveLoss: Sendable {
    /// Soft cross-entropy.
    case labels
    /// RouterDC: queries to their `top` best labelled models, and queries of one group to each other.
    ///
    /// ```
    /// −mean_i log(Σ_{j ∈ top_i} exp l_ij ÷ Σ_j exp l_ij)
    /// −weight · mean_i log(Σ_{j ≠ i, same group} exp <h_i, h_j> ÷ Σ_{j ≠ i} exp <h_i, h_j>),     h = l/|l|
    /// ```
    /// Only models with a positive label count among the top; a query alone in its group counts in the first line only.
    case routerDC(top: Int, weight: Double, groups: [Int32])

    /// Value and gradient by the logits `[batch, models]`; `rows` are the batch's places in the train part.
    func callAsFunction(
        _ logits: Matrix<Double>,
        _ targets: Matrix<Float>,
        rows: ArraySlice<Int>,
        gradient: inout Matrix<Double>
    ) -> Double {
        switch self {
        case .labels:
            return pull(logits, gradient: &gradient) { row in targets.row(row).map(Double.init) }
        case .routerDC(let top, let weight, let groups):
            let value = pull(logits, gradient: &gradient) { row in Self.best(top, targets.row(row), logits.row(row)) }
            guard weight > 0 else { return value }
            return value + weight * gather(logits, rows.map { groups[$0] }, weight: weight, gradient: &gradient)
        }
    }

    /// Cross-entropy to a target distribution a row.
    private func pull(
        _ logits: Matrix<Double>,
        gradient: inout Matrix<Double>,
        _ target: (Int) -> [Double]
    ) -> Double {
        var loss = 0.0
        for row in 0..<logits.rows {
            let z = Array(logits.row(row))
            let t = target(row)
            let greatest = z.max() ?? 0
            let total = z.reduce(0) { $0 + exp($1 - greatest) }
            for column in 0..<logits.columns {
                let share = exp(z[column] - greatest) / total
                if t[column] > 0 { loss += t[column] * (log(t[column] / share) + entropyShare(t[column])) }
                gradient[row, column] = (share - t[column]) / Double(logits.rows)
            }
        }
        return loss / Double(logits.rows)
    }

    /// Cross-entropy keeps the entropy of fixed labels; RouterDC's moving targets are what its logarithm of a sum
    /// leaves.
    private func entropyShare(_ share: Double) -> Double {
        if case .labels = self { -log(share) } else { 0 }
    }

    /// softmax over the `count` models of highest positive label, the lower number on ties.
    private static func best(_ count: Int, _ labels: ArraySlice<Float>, _ logits: ArraySlice<Double>) -> [Double] {
        let (labels, logits) = (Array(labels), Array(logits))
        let ranked = labels.indices.filter { labels[$0] > 0 }.sorted { (-labels[$0], $0) < (-labels[$1], $1) }
        let chosen = ranked.prefix(count)
        let greatest = chosen.map { logits[$0] }.max() ?? 0
        let total = chosen.reduce(0) { $0 + exp(logits[$1] - greatest) }
        var shares = [Double](repeating: 0, count: labels.count)
        for model in chosen { shares[model] = exp(logits[model] - greatest) / total }
        return shares
    }

    /// The query–query loss (unweighted); its weighted gradient is added.
    private func gather(
        _ logits: Matrix<Double>,
        _ groups: [Int32],
        weight: Double,
        gradient: inout Matrix<Double>
    ) -> Double {
        var directions = logits
        var lengths = [Double](repeating: 0, count: logits.rows)
        for row in 0..<logits.rows {
            lengths[row] = max(logits.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
            for column in 0..<logits.columns { directions[row, column] /= lengths[row] }
        }
        let similarity = directions.multiplied(by: directions, .transposed)
        let count = logits.rows
        let anchors = (0..<count).filter { row in groups.indices.contains { $0 != row && groups[$0] == groups[row] } }
        guard !anchors.isEmpty else { return 0 }
        var loss = 0.0
        var pull = Matrix<Double>(repeating: 0, rows: count, columns: count)
        for row in anchors {
            var (all, same) = (0.0, 0.0)
            for other in 0..<count where other != row {
                let force = exp(similarity[row, other])
                all += force
                if groups[other] == groups[row] { same += force }
            }
            loss -= log(same / all)
            for other in 0..<count where other != row {
                let force = exp(similarity[row, other])
                let slope = force / all - (groups[other] == groups[row] ? force / same : 0)
                pull[row, other] += slope / Double(anchors.count)
                pull[other, row] += slope / Double(anchors.count)
            }
        }
        let byDirections = pull.multiplied(by: directions)
        for row in 0..<count {
            var along = 0.0
            for column in 0..<logits.columns { along += byDirections[row, column] * directions[row, column] }
            for column in 0..<logits.columns {
                let slope = (byDirections[row, column] - directions[row, column] * along) / lengths[row]
                gradient[row, column] += weight * slope
            }
        }
        return loss / Double(anchors.count)
    }
}
