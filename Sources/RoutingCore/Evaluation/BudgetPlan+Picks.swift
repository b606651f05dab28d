import Catalog
import RoutingData
import Scoring

extension BudgetPlan {
    /// Where metrics are read: by dev in mode `sound`, see ``CurvePicks``.
    ///
    /// - Parameters:
    ///   - points: on the evaluated part.
    ///   - budgets: of the points.
    ///   - experiment: what is evaluated.
    /// - Returns: the picks, and what a curve joined of several records picks by.
    /// - Throws: what the router throws about the dev part.
    func picks(
        points: [OperatingPoint],
        budgets: [Double]?,
        experiment: FittedExperiment
    ) throws -> (picks: CurvePicks, reading: CurveReference.DevReading?) {
        let ground = experiment.ground
        if case .envelope = self.points { return (.bound(points: points.count), nil) }
        guard mode == .sound else {
            let largest = largest(of: points, budgets: budgets)
            return (.unpicked(largest: largest, why: "read off the frontier"), nil)
        }
        let withoutLabels = largestWithoutDev(count: points.count, budgets: budgets)
        guard !ground.parts.dev.isEmpty else {
            let why = "the split has no dev part to pick a point on"
            return (.unpicked(largest: withoutLabels, peak: points.count == 1 ? .point(0) : nil, why: why), nil)
        }
        let dev = try experiment.predictions(.dev, modality: request.testModality, cap: cap)
        let onDev = request.part == .dev ? points : dev.outcomes.points(of: choices(of: dev))
        guard onDev.count == points.count else {
            let why = "the router has another number of points on dev"
            return (.unpicked(largest: withoutLabels, why: why), nil)
        }
        let readings = DevReadings(onDev, of: dev.reference)
        let reading = CurveReference.DevReading(
            point: onDev.count == 1 ? onDev[0] : nil,
            goal: readings.goal,
            cheapest: readings.cheapest
        )
        return (CurvePicks(on: readings), reading)
    }

    /// The largest budget without a look at any outcome: the highest threshold or the lowest λ, the last of a router's
    /// own.
    private func largestWithoutDev(count: Int, budgets: [Double]?) -> Int {
        switch self.points {
        case .budgets: largest(of: [], budgets: budgets)
        case .own, .envelope: count - 1
        }
    }
}
