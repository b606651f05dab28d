import Catalog
import RoutingData
import Scoring

/// The rule `soft-label`: the budget went into the fit, so that each query has one choice.
enum SoftLabelRule {
    /// The model of highest score for each item.
    ///
    /// Equal scores: the lowest mean train cost, then the first (sound), the first (compat). NaN loses against every
    /// number.
    /// - Returns: `[1, items]` model numbers.
    static func choices(_ scores: Matrix<Double>, order: TieOrder) -> Matrix<ModelNumber> {
        let elements = (0..<scores.rows).map { item -> ModelNumber in
            var best = order.preference[0]
            var highest = -Double.infinity
            for model in order.preference where scores[item, model] > highest {
                best = model
                highest = scores[item, model]
            }
            return ModelNumber(best)
        }
        return Matrix(rows: 1, columns: scores.rows, elements: elements)
    }

    /// The cheapest correct model of each item, the cheapest of all where none is correct: what labels of λ = ∞ say.
    ///
    /// A quality of 1 counts as correct, as the peer truncates. The first of equals. Mode `compat` only.
    /// - Parameters:
    ///   - quality: true quality, `[items, models]`, finite.
    ///   - cost: true cost, of the same shape.
    /// - Returns: `[1, items]` model numbers.
    static func cheapestCorrect(quality: Matrix<Double>, cost: Matrix<Double>) -> Matrix<ModelNumber> {
        let elements = (0..<quality.rows).map { item -> ModelNumber in
            func worth(_ model: Int) -> Double { quality[item, model].rounded(.down) }
            var best = 0
            for model in 1..<max(quality.columns, 1) {
                let (new, old) = (worth(model), worth(best))
                if new > old || (new == old && cost[item, model] < cost[item, best]) { best = model }
            }
            return ModelNumber(best)
        }
        return Matrix(rows: 1, columns: quality.rows, elements: elements)
    }
}
