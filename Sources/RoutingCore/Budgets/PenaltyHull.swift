/// The upper hull of one query's (cost, quality) points: the models that some penalty λ > 0 chooses.
enum PenaltyHull {
    /// One model of the hull.
    struct Corner {
        var model: Int
        /// The λ from which on the corner before this one (cheaper) is chosen instead; +∞ for the first corner.
        var breakpoint: Double
    }

    /// Finds the corners of one query's hull.
    ///
    /// - Parameters:
    ///   - quality: predicted quality, one a model.
    ///   - cost: predicted cost, one a model.
    ///   - preference: all models; the first of several with equal quality and cost is the one kept.
    /// - Returns: the corners by rising cost, with strictly falling breakpoints; none when no model has both
    ///   predictions.
    /// - Complexity: O(models · log models).
    static func corners(quality: ArraySlice<Double>, cost: ArraySlice<Double>, preference: [Int]) -> [Corner] {
        let (firstQuality, firstCost) = (quality.startIndex, cost.startIndex)
        func q(_ model: Int) -> Double { quality[firstQuality + model] }
        func c(_ model: Int) -> Double { cost[firstCost + model] }
        let known = preference.filter { !q($0).isNaN && !c($0).isNaN }
        let ranked = known.indices.sorted { a, b in
            (c(known[a]), -q(known[a]), a) < (c(known[b]), -q(known[b]), b)
        }
        var hull: [Corner] = []
        for place in ranked {
            let model = known[place]
            if let end = hull.last, q(model) <= q(end.model) { continue }
            var breakpoint = Double.infinity
            while let end = hull.last {
                breakpoint = (q(model) - q(end.model)) / (c(model) - c(end.model))
                guard breakpoint >= end.breakpoint else { break }
                hull.removeLast()
            }
            hull.append(Corner(model: model, breakpoint: hull.isEmpty ? .infinity : breakpoint))
        }
        return hull
    }
}
