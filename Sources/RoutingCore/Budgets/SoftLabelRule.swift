import RouterCatalog
import RoutingData

/// The rule `soft-label`: the budget went into the fit, so that each query has one choice.
enum SoftLabelRule {
    /// The model of highest score for each item.
    ///
    /// Equal scores: the lowest mean train cost, then the first (sound), the first (compat). NaN loses against every number.
    /// - Returns: `[1, items]` model numbers.
    static func choices(_ scores: Matrix<Double>, order: TieOrder) -> Matrix<UInt8> {
        precondition(scores.columns <= 255, "a model number is one byte")
        let elements = (0..<scores.rows).map { item -> UInt8 in
            var best = order.preference[0]
            var highest = -Double.infinity
            for model in order.preference where scores[item, model] > highest {
                best = model
                highest = scores[item, model]
            }
            return UInt8(best)
        }
        return Matrix(rows: 1, columns: scores.rows, elements: elements)
    }
}
