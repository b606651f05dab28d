import Aggregator
import RouteGridBase
import Scoring

/// A row's accuracy over cost, thin enough to draw.
///
/// Of several runs (seeds, splits) it is the mean of their curves at equal cost.
struct ReportCurve {
    struct Point {
        /// In the unit shown.
        let cost: Double
        let accuracy: Double
        /// What the point was asked to cost; nil where there is no such number.
        let budget: String?
    }

    /// Points that a curve is drawn through at most.
    static let most = 48

    /// By rising cost.
    let points: [Point]
    let runCount: Int

    var isEmpty: Bool { points.isEmpty }

    init(_ row: BoardRow, unit: CostUnit) {
        let runs = row.runs.filter { !$0.points.isEmpty }
        runCount = runs.count
        guard let first = runs.first else {
            points = []
            return
        }
        if runs.count == 1 {
            let sorted = first.points.enumerated().sorted {
                ($0.element.cost, $0.offset) < ($1.element.cost, $1.offset)
            }
            .map(\.element)
            points = Self.thinned(
                sorted.map { point in
                    Point(
                        cost: point.cost * unit.factor,
                        accuracy: point.accuracy,
                        budget: Self.budget(point, unit)
                    )
                }
            )
        } else {
            points = Self.mean(runs.map(\.points), unit)
        }
    }

    private static func budget(_ point: CurvePoint, _ unit: CostUnit) -> String? {
        if let threshold = point.threshold { return "budget \(Numbers.short(threshold * unit.factor))" }
        if let lambda = point.lambda { return lambda.isFinite ? "λ \(Numbers.short(lambda))" : "λ ∞" }
        return nil
    }

    private static func mean(_ runs: [[CurvePoint]], _ unit: CostUnit) -> [Point] {
        let curves = runs.map { run in
            BudgetCurve(through: run.map { OperatingPoint(cost: $0.cost, accuracy: $0.accuracy) })
        }
        let starts = curves.map { $0.points[0].cost }
        let ends = curves.map { $0.points[$0.points.count - 1].cost }
        let count = Double(curves.count)
        let (low, high) = (starts.max() ?? 0, ends.reduce(0, +) / count)
        // A row of one model has its cost on every split.
        guard high > low, curves.contains(where: { $0.points.count > 1 }) else {
            let last = curves.map { $0.points[$0.points.count - 1] }
            return [
                Point(
                    cost: last.reduce(0) { $0 + $1.cost } / count * unit.factor,
                    accuracy: last.reduce(0) { $0 + $1.accuracy } / count,
                    budget: nil
                )
            ]
        }
        let costs = Set(curves.flatMap { $0.points.map(\.cost) }.filter { $0 > low && $0 < high } + [low, high])
            .sorted()
        return thinned(
            costs.map { cost in
                Point(
                    cost: cost * unit.factor,
                    accuracy: curves.reduce(0) { $0 + $1.value(at: cost) } / count,
                    budget: nil
                )
            }
        )
    }

    /// The first and the last point, and of those between the ones that move the line most.
    private static func thinned(_ points: [Point]) -> [Point] {
        guard points.count > most else { return points }
        let step = Double(points.count - 1) / Double(most - 1)
        var kept: [Int] = []
        for number in 0..<most {
            let place = Int((Double(number) * step).rounded())
            if kept.last != place { kept.append(place) }
        }
        return kept.map { points[$0] }
    }

    /// The corners of the concave hull from the cheapest point up: where some price of a wrong answer is best served.
    var corners: [Point] {
        var hull: [Point] = []
        for point in points where hull.last.map({ point.accuracy > $0.accuracy }) ?? true {
            while hull.count > 1 {
                let (a, b) = (hull[hull.count - 2], hull[hull.count - 1])
                let isBelow =
                    (b.accuracy - a.accuracy) * (point.cost - a.cost) <= (point.accuracy - a.accuracy)
                    * (b.cost - a.cost)
                guard isBelow else { break }
                hull.removeLast()
            }
            if let last = hull.last, last.cost == point.cost { hull.removeLast() }
            hull.append(point)
        }
        return hull
    }
}
