import Catalog
import RouteGridBase
import Scoring
import Testing

private func points(_ pairs: [(Double, Double)]) -> [OperatingPoint] {
    pairs.map { OperatingPoint(cost: $0.0, accuracy: $0.1) }
}

private func reference(
    _ mode: EvaluationMode,
    best: OperatingPoint,
    cheapest: OperatingPoint = OperatingPoint(cost: 1, accuracy: 0.4),
    range: (Double, Double) = (1, 4),
    largest: Int = 0,
    dev: [OperatingPoint]? = nil
) -> CurveReference {
    var reference = CurveReference(
        mode: mode,
        lowestCost: range.0,
        highestCost: range.1,
        strongCost: range.1,
        cheapest: cheapest,
        best: best,
        oracleAccuracy: 0.95,
        rankBounds: CostBounds(low: range.0, high: range.1),
        picks: .unpicked(largest: largest, why: "no dev")
    )
    if let dev { reference.picks = CurvePicks(on: DevReadings(dev, of: reference), largest: largest) }
    return reference
}

private func expect(
    _ value: MetricValue,
    _ expected: Double,
    within tolerance: Double = 1e-12,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(abs((value.number ?? .nan) - expected) < tolerance, "\(value)", sourceLocation: sourceLocation)
}

@Suite struct MetricFormulaeTests {
    @Test func `MMR-Bench's vector with a dominated point`() {
        let given = points([(1, 0.5), (2, 0.7), (3, 0.6), (4, 0.9)])
        #expect(ParetoFrontier.indices(cost: given.map(\.cost), accuracy: given.map(\.accuracy)) == [0, 1, 3])
        let best = OperatingPoint(cost: 4, accuracy: 0.65)
        let metrics = MetricFormulae(points: given, reference: reference(.compat, best: best, largest: 3))
        expect(metrics[.naucOwn], 0.733_333_333_333_333_3)
        expect(metrics[.ps], 0.9)
        expect(metrics[.qnc], 0.5)
        expect(metrics[.gain], 0.25)
        expect(metrics[.regret], 0.05)
    }

    @Test func `MMR-Bench's vector with a single point left: no area, no parity`() {
        let given = points([(1, 0.5), (1, 0.8), (2, 0.8), (3, 0.75)])
        #expect(ParetoFrontier.indices(cost: given.map(\.cost), accuracy: given.map(\.accuracy)) == [1])
        let best = OperatingPoint(cost: 2, accuracy: 0.9)
        let metrics = MetricFormulae(points: given, reference: reference(.compat, best: best))
        #expect(metrics[.naucOwn] == .absent(why: "the curve has a single point"))
        #expect(metrics[.qnc] == .absent(why: "no point reaches the best single model (0.9)"))
        expect(metrics[.ps], 0.8)
    }

    @Test func `the frontier keeps the first of equal points and sorts by cost`() {
        let cost: [Double] = [3, 1, 1, 1, 2, 2]
        let accuracy: [Double] = [0.9, 0.2, 0.4, 0.4, 0.4, 0.5]
        #expect(ParetoFrontier.indices(cost: cost, accuracy: accuracy) == [2, 5, 0])
        #expect(ParetoFrontier.indices(cost: [], accuracy: []).isEmpty)
    }

    @Test func `sound reads the whole curve from the cheapest single model on, over the shared range`() throws {
        // E: (1, .4) cheapest, (2, .6), (3, .5) kept although dominated, held to 5.
        let given = points([(3, 0.5), (2, 0.6)])
        let best = OperatingPoint(cost: 4, accuracy: 0.8)
        // On dev the second point is better, and the first reaches the best single model.
        let dev = points([(2.5, 0.8), (3.5, 0.9)])
        var reference = reference(.sound, best: best, range: (1, 5), largest: 0, dev: dev)
        let metrics = MetricFormulae(points: given, reference: reference)
        expect(metrics[.naucShared], (0.5 + 0.55 + 2 * 0.5) / 4)
        expect(metrics[.naucOwn], 0.55)
        expect(metrics[.accuracy], 0.5)
        expect(metrics[.meanCost], 3)
        expect(metrics[.ps], 0.6)
        expect(metrics[.gain], -0.2)
        // The parity point of dev at its cost and accuracy here; a board says whether that is parity.
        #expect(metrics[.qnc].number == nil)
        expect(metrics[.qncCost], 0.75)
        expect(metrics[.qncGap], -0.3)
        for metric in [CurveMetric.costAt95, .costAt98, .costAt100] { expect(metrics[metric], 0.75) }
        expect(metrics[.qualityAt100], 0.5 / 0.8)
        // Gap 0.4 … 0.8 over the cost share of 1 … 5.
        expect(metrics[.apgr], ((0.5 + 0.55 + 2 * 0.5) / 4 - 0.4) / 0.4)
        // On dev E rises from (1, .4) to (2.5, .8): halfway, queries are mixed half and half; so they are here.
        expect(metrics[.cpt50], (0.5 * 1 + 0.5 * 3 - 1) / 4, within: 1e-11)
        expect(metrics[.pgrAt50], (0.5 * 0.4 + 0.5 * 0.5 - 0.4) / 0.4, within: 1e-11)
        // A curve that dev never sees recover half of the gap.
        reference.picks = CurvePicks(on: DevReadings(points([(2, 0.5), (3, 0.55)]), of: reference))
        #expect(MetricFormulae(points: given, reference: reference)[.cpt50].number == nil)
        // No point of dev reaches the best single model: QNC is read at the peak, and nothing is said of what 100 %
        // cost.
        expect(MetricFormulae(points: given, reference: reference)[.qncGap], -0.2)
        expect(MetricFormulae(points: given, reference: reference)[.qncCost], 0.5)
        #expect(MetricFormulae(points: given, reference: reference)[.costAt100].number == nil)
    }

    @Test func `the cheapest single model is never right of a router's own point`() {
        // A router that is cheaper and better than the cheapest single model keeps its first accuracy to the left.
        let given = points([(0.5, 0.9), (2, 0.95)])
        let best = OperatingPoint(cost: 4, accuracy: 0.8)
        let cheaper = MetricFormulae(points: given, reference: reference(.sound, best: best, range: (0.25, 4)))
        expect(cheaper[.naucShared], (0.25 * 0.9 + 1.5 * 0.925 + 2 * 0.95) / 3.75)
        // As dear as it: the same.
        let equal = MetricFormulae(
            points: points([(1, 0.9), (2, 0.95)]),
            reference: reference(.sound, best: best, range: (0.5, 4))
        )
        expect(equal[.naucShared], (0.5 * 0.9 + 0.925 + 2 * 0.95) / 3.5)
    }

    @Test func `curves that are equal have equal areas, to the bit`() {
        var generator = Xoshiro256(seed: HashedText.digest(["equal areas"]))
        for _ in 0..<500 {
            let level = Double(1 + generator.below(1_000)) / 1_000
            let (low, high) = (generator.uniform(), 1 + 3 * generator.uniform())
            let costs = (0..<1 + generator.below(9)).map { _ in 4 * generator.uniform() }
            let curve = BudgetCurve(through: costs.map { OperatingPoint(cost: $0, accuracy: level) })
            #expect(curve.mean(from: low, to: high) == level)
        }
    }

    @Test func `what does not exist says why`() {
        let given = points([(1, 0.5)])
        let best = OperatingPoint(cost: 0, accuracy: 0.4)
        let metrics = MetricFormulae(points: given, reference: reference(.sound, best: best, range: (0, 0)))
        for metric in [CurveMetric.naucOwn, .ps, .qnc, .qncCost, .costAt95, .gain, .apgr, .cpt50, .rankScore] {
            guard case .absent(let why) = metrics[metric] else {
                Issue.record("\(metric.rawValue) has a value: \(metrics[metric])")
                continue
            }
            #expect(!why.isEmpty)
        }
        #expect(metrics[.qnc].json.canonicalText == #"{"why":"the best single model costs nothing"}"#)
        #expect(metrics[.qnc].json["v"] == .null)
    }

    @Test func `a pool of one cost has the accuracy for an area, and qualities without cost shares`() {
        let given = points([(0, 0.5), (0, 0.7)])
        let best = OperatingPoint(cost: 0, accuracy: 0.6)
        let free = OperatingPoint(cost: 0, accuracy: 0.3)
        let metrics = MetricFormulae(
            points: given,
            reference: reference(.sound, best: best, cheapest: free, range: (0, 0), largest: 1, dev: given)
        )
        expect(metrics[.naucShared], 0.7)
        expect(metrics[.qncGap], 0.1)
        expect(metrics[.qualityAt100], 0.7 / 0.6)
        #expect(metrics[.costAt100] == .absent(why: "the best single model costs nothing"))
        #expect(metrics[.apgr] == .absent(why: "the best single model is not dearer than the cheapest one"))
    }

    @Test(arguments: 0..<100)
    func `E's integral equals a fine sum, cut and held at both ends`(seed: Int) {
        var generator = Xoshiro256(seed: HashedText.digest(["curve", String(seed)]))
        let given = (0..<1 + generator.below(6)).map { _ in
            OperatingPoint(cost: Double(generator.below(8)), accuracy: generator.uniform())
        }
        let curve = BudgetCurve(through: given)
        let (low, high) = (generator.uniform() * 4, 4 + generator.uniform() * 6)
        let steps = 200_000
        let width = (high - low) / Double(steps)
        let sum = (0..<steps).reduce(0.0) { $0 + curve.value(at: low + (Double($1) + 0.5) * width) * width }
        #expect(abs(curve.integral(from: low, to: high) - sum) < 1e-4, "seed \(seed)")
        let goal = generator.uniform()
        let first = (0...steps).lazy.map { low + Double($0) * width }.first { curve.value(at: $0) >= goal }
        let found = curve.firstCost(reaching: goal, from: low, to: high)
        #expect((first == nil) == (found == nil), "seed \(seed)")
        if let first, let found { #expect(abs(first - found) <= width * 1.001, "seed \(seed)") }
    }
}
