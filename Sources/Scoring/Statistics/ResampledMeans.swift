import CKernels
import Catalog

/// Means of E(c) over the three ranges of cost that metrics take it over; NaN over a range of no width.
package struct CurveMeans: Hashable, Sendable {
    /// From the router's cheapest point to its dearest.
    package var own: Double
    /// From c_lo to c_hi.
    package var shared: Double
    /// From c_lo to the best single model's cost.
    package var gap: Double
}

/// The means of a curve on sixteen replicates at a time.
struct ResampledMeans {
    private let reference: CurveReference
    /// The curve's points by rising cost on all items, equal costs as they stand.
    private let order: [UInt32]
    /// `[ranges][2][16]` and `[ranges][16]`; sums of costs, not means.
    private var ranges = [Double](repeating: 0, count: 3 * 32)
    private var areas = [Double](repeating: 0, count: 3 * 16)
    private var lead = [Double](repeating: 0, count: 32)

    /// - Returns: Nil for a bound and in mode `compat`, whose E(c) are other curves.
    init?(_ curve: ResampledCurve) {
        guard curve.reference.mode == .sound, !curve.reference.picks.isBound else { return nil }
        let points = curve.points
        reference = curve.reference
        order = points.indices.sorted { (points[$0].cost, $0) < (points[$1].cost, $1) }.map { UInt32($0) }
    }

    /// Takes the means of sixteen replicates.
    ///
    /// - Parameters:
    ///   - sums: `[points][2][16]`, quality and cost.
    ///   - totals: the weight of all items on each.
    ///   - cheapest: the sums of the cheapest single model on each.
    mutating func read(
        _ sums: UnsafePointer<Double>,
        totals: ArraySlice<Double>,
        cheapest: ArraySlice<OperatingPoint>
    ) {
        let (first, last) = (Int(order[0]) * 32 + 16, Int(order[order.count - 1]) * 32 + 16)
        for (lane, (total, single)) in zip(totals, cheapest).enumerated() {
            (lead[lane], lead[16 + lane]) = (single.accuracy, single.cost)
            let low = reference.lowestCost * total
            (ranges[lane], ranges[16 + lane]) = (sums[first + lane], sums[last + lane])
            (ranges[32 + lane], ranges[48 + lane]) = (low, reference.highestCost * total)
            (ranges[64 + lane], ranges[80 + lane]) = (low, reference.strongCost * total)
        }
        ck_curve_areas(sums, order, order.count, lead, ranges, 3, &areas)
    }

    /// The means on one of the replicates; nil where costs rise in another order there.
    func means(lane: Int, total: Double) -> CurveMeans? {
        guard !areas[lane].isNaN else { return nil }
        func mean(_ range: Int) -> Double {
            let width = ranges[32 * range + 16 + lane] - ranges[32 * range + lane]
            return width > 0 ? areas[16 * range + lane] / (width * total) : .nan
        }
        return CurveMeans(own: mean(0), shared: mean(1), gap: mean(2))
    }
}
