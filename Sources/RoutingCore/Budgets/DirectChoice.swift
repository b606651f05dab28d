import Catalog
package import RoutingData
import Scoring

/// One query's choice by itself, as a router in front of models makes it: no sort, no curve.
extension TieOrder {
    /// The models that some queries go to when each may cost at most `limit`: what ``ThresholdSweep/choices(at:)`` says
    /// at that one threshold.
    ///
    /// - Parameters:
    ///   - quality: `[items, models]` predicted quality; NaN loses against every number.
    ///   - cost: `[items, models]` predicted cost; NaN is never affordable.
    ///   - limit: in the unit of `cost`; infinity affords everything that has a predicted cost.
    /// - Returns: `items` model numbers.
    /// - Complexity: O(items · models).
    package func choices(quality: Matrix<Double>, cost: Matrix<Double>, atMost limit: Double) -> [Int] {
        precondition(quality.rows == cost.rows && quality.columns == cost.columns, "predictions of two shapes")
        return (0..<quality.rows).map { item in
            let start = item * quality.columns
            return choice(quality.elements[start...], cost.elements[start...], atMost: limit)
        }
    }

    /// The choice of one item whose predictions are the first elements of `quality` and `cost`.
    private func choice(_ quality: ArraySlice<Double>, _ cost: ArraySlice<Double>, atMost limit: Double) -> Int {
        let start = quality.startIndex
        var (best, bestQuality, bestCost) = (-1, -Double.infinity, Double.infinity)
        var (cheapest, lowestCost) = (-1, Double.infinity)
        for model in preference {
            let price = cost[start + model]
            if price.isNaN { continue }
            if cheapest < 0 || price < lowestCost { (cheapest, lowestCost) = (model, price) }
            guard price <= limit else { continue }
            let value = quality[start + model].isNaN ? -.infinity : quality[start + model]
            let isBetter = value > bestQuality || (mode == .sound && value == bestQuality && price < bestCost)
            if isBetter { (best, bestQuality, bestCost) = (model, value, price) }
        }
        if best >= 0, mode == .sound || bestQuality > -.infinity { return best }
        return mode == .compat || cheapest < 0 ? withoutPrediction : cheapest
    }
}
