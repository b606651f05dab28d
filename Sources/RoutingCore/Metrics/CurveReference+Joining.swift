package import RouteGridBase

extension CurveReference {
    /// The reference of the curve that single-point records make together.
    ///
    /// The points are picked by what each record read on dev: `ps` at the highest dev accuracy (then the lowest dev cost,
    /// then the first), `qnc` at the lowest dev cost among those that reach the best single model's dev accuracy.
    ///
    /// - Parameters:
    ///   - references: one a record, in the order of the curve's points; at least one.
    ///   - largest: the point of the largest budget.
    ///   - place: what is joined, for the error message.
    /// - Returns: a reference whose picks are places in the curve's points.
    /// - Throws: `badInput` when the records were not made on the same ground.
    package static func joining(_ references: [CurveReference], largest: Int, place: String) throws(RouteGridError)
        -> CurveReference
    {
        guard let first = references.first else { preconditionFailure("a curve of no record") }
        for other in references where !first.isOnSameGround(as: other) {
            throw .badInput(place, "the records of one curve refer to different data or splits")
        }
        var joined = first
        joined.largest = largest
        joined.dev = nil
        let readings = references.compactMap(\.dev)
        guard readings.count == references.count else {
            joined.peak = .none(why: "a point has no reading on dev to be picked by")
            joined.parity = joined.peak
            return joined
        }
        let onDev = readings.map(\.point)
        let peak = onDev.indices.min { a, b in
            (-onDev[a].accuracy, onDev[a].cost, a) < (-onDev[b].accuracy, onDev[b].cost, b)
        }
        let parity = onDev.indices.filter { onDev[$0].accuracy >= readings[$0].goal }
            .min { (onDev[$0].cost, $0) < (onDev[$1].cost, $1) }
        joined.peak = peak.map(Pick.point) ?? .none(why: "no operating point")
        joined.parity =
            parity.map(Pick.point)
            ?? .none(why: "no point reaches the best single model on dev (\(readings[0].goal))")
        return joined
    }

    private func isOnSameGround(as other: CurveReference) -> Bool {
        mode == other.mode && lowestCost == other.lowestCost && highestCost == other.highestCost
            && strongCost == other.strongCost && cheapest == other.cheapest && best == other.best
            && oracleAccuracy == other.oracleAccuracy && dev?.goal == other.dev?.goal
    }
}
