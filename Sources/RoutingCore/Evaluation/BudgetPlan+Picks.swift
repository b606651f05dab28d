import RouterCatalog
import RoutingData

extension BudgetPlan {
    typealias Pick = CurveReference.Pick

    /// Where mode `sound` reads `ps` and `qnc`: the points are picked on dev.
    ///
    /// `ps`: highest dev accuracy, then lowest dev cost, then first. `qnc`: lowest dev cost, then first, among the points that
    /// reach the best single model's dev accuracy.
    ///
    /// `reading`: the single point's own reading on dev, by which a curve joined of several records picks.
    func picks(points: [OperatingPoint], experiment: FittedExperiment) throws -> (
        peak: Pick, parity: Pick, reading: CurveReference.DevReading?
    ) {
        let ground = experiment.ground
        guard mode == .sound else {
            return (.none(why: "read off the frontier"), .none(why: "read off the frontier"), nil)
        }
        guard !ground.parts.dev.isEmpty else {
            let why = "the split has no dev part to pick a point on"
            return (points.count == 1 ? .point(0) : .none(why: why), .none(why: why), nil)
        }
        let dev = try experiment.predictions(.dev, modality: request.testModality)
        let onDev = request.part == .dev ? points : dev.outcomes.points(of: choices(of: dev))
        guard onDev.count == points.count else {
            let why = "the router has another number of points on dev"
            return (.none(why: why), .none(why: why), nil)
        }
        let peak = onDev.indices.min { a, b in
            (-onDev[a].accuracy, onDev[a].cost, a) < (-onDev[b].accuracy, onDev[b].cost, b)
        }
        let goal = dev.reference.best.accuracy
        let parity = onDev.indices.filter { onDev[$0].accuracy >= goal }
            .min { (onDev[$0].cost, $0) < (onDev[$1].cost, $1) }
        return (
            peak.map(Pick.point) ?? .none(why: "no operating point"),
            parity.map(Pick.point) ?? .none(why: "no point reaches the best single model on dev (\(goal))"),
            onDev.count == 1 ? CurveReference.DevReading(point: onDev[0], goal: goal) : nil
        )
    }
}
