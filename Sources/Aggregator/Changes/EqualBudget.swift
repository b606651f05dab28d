import Foundation
import RouteGridBase
package import RoutingData
package import Scoring

/// Two rows where they cost the same: who is right on which items.
package struct EqualBudget: Sendable {
    /// Items on which both, one or none is right.
    package struct Counts: Hashable, Sendable {
        package var both = 0
        package var onlyFirst = 0
        package var onlySecond = 0
        package var neither = 0
    }

    /// A part of the items.
    package struct Slice: Sendable {
        /// `dataset:NAME` or `group:NAME`.
        package let name: String
        package let count: Int
        package let first: OperatingPoint
        package let second: OperatingPoint
        /// Of the difference of accuracies, together with those of the other slices.
        package let interval: Interval
    }

    /// An item, with what each row brought on it: means over runs.
    package struct Item: Sendable {
        package let sample: Sample
        package var id: String { sample.id }
        package let first: OperatingPoint
        package let second: OperatingPoint
        package internal(set) var question: String?
    }

    /// The mean cost that no point exceeds, but the cheapest of each curve.
    package let budget: Double
    /// What the chosen points come to.
    package let first: OperatingPoint
    package let second: OperatingPoint
    /// Nil where items are not simply right or wrong, or are answered by several runs.
    package let counts: Counts?
    package let pValue: Double
    /// Whether the p-value is McNemar's exact one; else it is that of the clustered bootstrap.
    package let isExact: Bool
    /// Why it is not.
    package let remark: String?
    /// Of the difference of accuracies, the first less the second.
    package let interval: Interval?
    package let slices: [Slice]
    /// Those with the largest effect first; none on which the rows agree.
    package internal(set) var items: [Item]

    /// How many items are kept.
    static let itemLimit = 20

    /// What a row brings on each item at some budget.
    private struct Outcome {
        /// `[items]` of the drawn ones.
        var quality: [Double]
        var cost: [Double]
        var runs = 0
    }

    /// - Parameters:
    ///   - pair: The tables, resampled together.
    ///   - rows: One of each.
    ///   - budget: Nil: the lower of the two rows' mean costs at their largest budgets.
    ///   - alpha: One minus the level of intervals.
    /// - Throws: ``Absence`` when choices are not at hand; `checkFailed` when a blob is damaged.
    init(_ pair: PairedSections, _ rows: [BoardRow], budget: Double?, alpha: Double) throws {
        let limit = budget ?? rows.compactMap { $0.value("mean_cost") }.min() ?? .infinity
        self.budget = limit
        let outcomes = try zip(rows, 0...).map { try Self.outcome(of: $0, side: $1, pair, budget: limit) }
        let samples = pair.resamples[0].parts.sorted { $0.key < $1.key }.flatMap(\.value.evaluated.samples)
        let all = Array(samples.indices)
        let point = { (side: Int, items: [Int]) in
            let count = Double(max(items.count, 1))
            return OperatingPoint(
                cost: items.reduce(0) { $0 + outcomes[side].cost[$1] } / count,
                accuracy: items.reduce(0) { $0 + outcomes[side].quality[$1] } / count
            )
        }
        (first, second) = (point(0, all), point(1, all))
        // Over splits of unequal size the mean is over items.
        func influences(_ items: [Int]) -> [Double] {
            let (a, b) = (point(0, items), point(1, items))
            var sums = [Double](repeating: 0, count: pair.drawn.count)
            for item in items {
                let difference = outcomes[0].quality[item] - outcomes[1].quality[item] - (a.accuracy - b.accuracy)
                sums[pair.drawn.clusterOfItem[item]] += difference / Double(items.count)
            }
            return sums
        }
        let difference = first.accuracy - second.accuracy
        let moved = influences(all)
        let test = StepDownTest(
            pairs: [StepDownTest.Pair(0, 1)],
            differences: [difference],
            influences: Matrix(rows: 2, columns: moved.count, elements: moved + moved.map { _ in 0 }),
            drawn: pair.drawn,
            clusters: pair.clusters,
            alpha: alpha,
            limit: ReplicateLimit(rows: 2)
        )
        interval = test.halfWidth(standardError: test.errors[0], alpha: alpha).map {
            Interval(low: difference - $0, high: difference + $0)
        }
        let isBinary = outcomes.allSatisfy { $0.quality.allSatisfy { $0 == 0 || $0 == 1 } }
        let isSingle = outcomes.allSatisfy { $0.runs == 1 }
        counts = isBinary && isSingle ? Self.counts(outcomes[0].quality, outcomes[1].quality) : nil
        if let counts, pair.resamples.allSatisfy(\.isByItem) {
            (isExact, remark) = (true, nil)
            pValue = McNemarTest.pValue(onlyFirst: counts.onlyFirst, onlySecond: counts.onlySecond)
        } else {
            (isExact, pValue) = (false, test.pValues[0])
            remark =
                !isSingle
                ? "the rows have several runs" : !isBinary ? "answers are partly right" : "items come in clusters"
        }
        let parts = ItemSlices(of: samples).slices
        slices = parts.map { part in
            let items = part.items
            let sums = influences(items).filter { $0 != 0 }
            let (a, b) = (point(0, items), point(1, items))
            let estimate = PairedEstimate(
                value: a.accuracy - b.accuracy,
                itemError: sums.reduce(0) { $0 + $1 * $1 }.squareRoot(),
                isPaired: true,
                clusters: Double(Set(items.map { pair.drawn.clusterOfItem[$0] }).count)
            )
            return Slice(
                name: part.name,
                count: items.count,
                first: a,
                second: b,
                interval: estimate.interval(alpha: alpha / Double(parts.count))
            )
        }
        func effect(_ item: Int) -> (Double, Double) {
            (
                abs(outcomes[0].quality[item] - outcomes[1].quality[item]),
                abs(outcomes[0].cost[item] - outcomes[1].cost[item])
            )
        }
        items = all.filter { effect($0) != (0, 0) }
            .sorted { (effect($1).0, effect($1).1, $0) < (effect($0).0, effect($0).1, $1) }
            .prefix(Self.itemLimit)
            .map { Item(sample: samples[$0], first: point(0, [$0]), second: point(1, [$0])) }
    }

    private static func outcome(
        of row: BoardRow,
        side: Int,
        _ pair: PairedSections,
        budget: Double
    ) throws -> Outcome {
        let count = pair.drawn.clusterOfItem.count
        var outcome = Outcome(quality: [Double](repeating: 0, count: count), cost: [Double](repeating: 0, count: count))
        for (index, runs) in Dictionary(grouping: row.runs, by: \.splitIndex).sorted(by: { $0.key < $1.key }) {
            guard let part = pair.resamples[side].parts[index] else { throw Absence(why: "a split has no data") }
            outcome.runs = max(outcome.runs, runs.count)
            for run in runs {
                let choices = try pair.resamples[side].choices(of: run, pair.sides[side].statistics.blobs)
                let models = choices.row(Self.point(of: run, budget: budget))
                let outcomes = part.evaluated.outcomes
                for (place, model) in models.enumerated() {
                    let item = part.items.lowerBound + place
                    outcome.quality[item] += outcomes.quality(of: Int(model), on: place) / Double(runs.count)
                    outcome.cost[item] += outcomes.cost(of: Int(model), on: place) / Double(runs.count)
                }
            }
        }
        return outcome
    }

    /// The dearest point within the budget, or the cheapest one.
    private static func point(of run: BoardRun, budget: Double) -> Int {
        let points = run.points
        let within = points.indices.filter { points[$0].cost <= budget * (1 + 1e-12) }
        return within.max { (points[$0].cost, $0) < (points[$1].cost, $1) }
            ?? points.indices.min { (points[$0].cost, $0) < (points[$1].cost, $1) } ?? 0
    }

    private static func counts(_ first: [Double], _ second: [Double]) -> Counts {
        zip(first, second).reduce(into: Counts()) { counts, pair in
            switch pair {
            case (1, 1): counts.both += 1
            case (1, _): counts.onlyFirst += 1
            case (_, 1): counts.onlySecond += 1
            default: counts.neither += 1
            }
        }
    }
}
