import RoutingData
import Scoring

/// The best that any choice of models achieves at each mean cost, read off the outcomes themselves.
///
/// For every λ ≥ 0 the policy that sends each item to the argmax of quality − λ · cost is on the upper concave frontier
/// of all policies and their mixtures, and these policies are its corners: from the cheapest model of each item (λ = ∞)
/// to the best one, the cheapest of equals (λ = 0). An item moves along the upper hull of its own (cost, quality)
/// points, whatever the weight of the item in the mean, so that the same policies are the corners on every resample
/// too.
struct OutcomeEnvelope {
    /// `[corners, items]`, by rising cost.
    let choices: Matrix<ModelNumber>

    /// The corners of a part's envelope.
    ///
    /// - Parameters:
    ///   - outcomes: of the part, missing cells charged.
    ///   - preference: all models, the preferred among equals first.
    ///   - limit: the most corners kept, evenly spaced with both ends. Between kept corners the chord is below the
    ///     envelope by less than a skipped corner is above it.
    /// - Complexity: O(items · models · log models + corners · items).
    init(_ outcomes: ItemOutcomes, preference: [Int], limit: Int) {
        let (items, models) = (outcomes.items, outcomes.models)
        var current = [ModelNumber](repeating: 0, count: items)
        var slopes: [Double] = []
        var cells: [UInt32] = []
        for item in 0..<items {
            let corners = PenaltyHull.corners(
                quality: outcomes.quality.row(item),
                cost: outcomes.cost.row(item),
                preference: preference
            )
            current[item] = ModelNumber(corners.first?.model ?? preference[0])
            for corner in corners.dropFirst() {
                // Falling λ is rising −λ.
                slopes.append(-corner.breakpoint)
                cells.append(UInt32(item * models + corner.model))
            }
        }
        let (sorted, moves) = CostOrder.sorted(slopes, labels: cells)
        // Moves of one λ are one step: between them the policies lie on a chord.
        let last = sorted.indices.filter { $0 + 1 == sorted.count || sorted[$0] != sorted[$0 + 1] }
        let ends = [0] + last.map { $0 + 1 }
        var elements: [ModelNumber] = []
        let kept = FrozenBudgets.thinned(ends, to: limit)
        elements.reserveCapacity(kept.count * items)
        var next = 0
        for end in kept {
            while next < end {
                let (item, model) = Int(moves[next]).quotientAndRemainder(dividingBy: models)
                current[item] = ModelNumber(model)
                next += 1
            }
            elements.append(contentsOf: current)
        }
        choices = Matrix(rows: kept.count, columns: items, elements: elements)
    }
}
