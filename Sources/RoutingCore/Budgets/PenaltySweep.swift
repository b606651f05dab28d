import Catalog
package import RoutingData
package import Scoring

/// The rule `penalty`: a query goes to the highest predicted quality − λ · predicted cost · scale.
///
/// The scale is 1 ÷ c_hi, so that λ has no unit and one list serves all datasets, or 1 for the peers' raw λ.
/// A model with a NaN prediction is never chosen while another has none; if all have one, the item gets the model that
/// `TieOrder` names for it.
package struct PenaltySweep: Sendable {
    private let quality: Matrix<Double>
    /// Predicted costs times the scale.
    private let cost: Matrix<Double>
    private let order: TieOrder

    private var items: Int { quality.rows }
    private var models: Int { quality.columns }

    /// Prepares the predictions, both `[items, models]`.
    package init(quality: Matrix<Double>, cost: Matrix<Double>, scale: Double, order: TieOrder) {
        precondition(quality.rows == cost.rows && quality.columns == cost.columns, "predictions of two shapes")
        self.quality = quality
        self.cost = Matrix(rows: cost.rows, columns: cost.columns, elements: cost.elements.map { $0 * scale })
        self.order = order
    }

    /// The model that each item gets at some λ: the argmax in float64, as anyone would compute it.
    ///
    /// - Parameter lambdas: finite, at least 0.
    /// - Returns: `[lambdas, items]` model numbers.
    /// - Complexity: O(items · models · lambdas).
    package func choices(at lambdas: [Double]) -> Matrix<ModelNumber> {
        let ranked = RankedPredictions(quality: quality, cost: cost, order: order)
        var result = [ModelNumber](repeating: 0, count: lambdas.count * items)
        typealias Lanes = SIMD8<Double>
        for start in stride(from: 0, to: lambdas.count, by: Lanes.scalarCount) {
            let width = min(Lanes.scalarCount, lambdas.count - start)
            var lanes = Lanes()
            for lane in 0..<width { lanes[lane] = lambdas[start + lane] }
            for item in 0..<items {
                var best = Lanes(repeating: -.infinity)
                var chosen = SIMD8<Int64>(repeating: Int64(ranked.fallback))
                for place in ranked.starts[item]..<ranked.starts[item + 1] {
                    let score = Lanes(repeating: ranked.quality[place]) - lanes * Lanes(repeating: ranked.cost[place])
                    let isBetter = score .> best
                    best.replace(with: score, where: isBetter)
                    chosen.replace(with: Int64(ranked.models[place]), where: isBetter)
                }
                for lane in 0..<width {
                    result[(start + lane) * items + item] = ModelNumber(truncatingIfNeeded: chosen[lane])
                }
            }
        }
        return Matrix(rows: lambdas.count, columns: items, elements: result)
    }

    /// The operating points of every λ ≥ 0 at which the choices can differ.
    ///
    /// These are λ = 0 and one λ inside each interval between two neighbouring breakpoints of any query. Breakpoints
    /// within 10⁻¹² of each other (relative) count as one: between them only rounding would decide.
    ///
    /// A query's choices as λ grows are the corners of the upper hull of its (cost, quality) points, from the best to
    /// the cheapest; all corners of all queries, sorted by λ, are one walk. Inside an interval no two corners tie, so
    /// that `choices(at:)` finds the same models there.
    /// - Complexity: O(items · models · log models).
    package func curve(of outcomes: ItemOutcomes) -> SweepCurve {
        var lambdas: [Double] = []
        var labels: [UInt32] = []
        let atZero = choices(at: [0])
        var chosen = [Int](repeating: 0, count: items)
        for item in 0..<items {
            let corners = PenaltyHull.corners(
                quality: quality.row(item),
                cost: cost.row(item),
                preference: order.preference
            )
            chosen[item] = corners.last?.model ?? order.withoutPrediction
            for (lower, corner) in zip(corners, corners.dropFirst()) {
                lambdas.append(corner.breakpoint)
                labels.append(UInt32(truncatingIfNeeded: item * models + lower.model))
            }
        }
        var quality = CompensatedSum()
        var cost = CompensatedSum()
        let count = Double(items)
        func add(_ item: Int, _ model: Int, sign: Double) {
            quality.add(sign * outcomes.quality.elements[item * models + model])
            cost.add(sign * outcomes.cost.elements[item * models + model])
        }
        for item in 0..<items { add(item, Int(atZero.elements[item]), sign: 1) }
        let (sorted, cells) = CostOrder.sorted(lambdas, labels: labels)
        var curve = SweepCurve(capacity: sorted.count + 2)
        curve.append(0, cost: cost.value / count, accuracy: quality.value / count)
        // Right of 0 a tie in quality goes to the cheaper model, in both modes.
        var hasMoved = false
        for item in 0..<items where chosen[item] != Int(atZero.elements[item]) {
            add(item, Int(atZero.elements[item]), sign: -1)
            add(item, chosen[item], sign: 1)
            hasMoved = true
        }
        if hasMoved {
            let inside = (sorted.first ?? 2) / 2
            curve.append(inside, cost: cost.value / count, accuracy: quality.value / count)
        }
        var event = 0
        while event < sorted.count {
            let breakpoint = sorted[event]
            while event < sorted.count, sorted[event] <= breakpoint * (1 + 1e-12) {
                let (item, model) = Int(cells[event]).quotientAndRemainder(dividingBy: models)
                add(item, chosen[item], sign: -1)
                add(item, model, sign: 1)
                chosen[item] = model
                event += 1
            }
            let inside = event < sorted.count ? (sorted[event - 1] + sorted[event]) / 2 : breakpoint * 2
            curve.append(inside, cost: cost.value / count, accuracy: quality.value / count)
        }
        return curve
    }
}
