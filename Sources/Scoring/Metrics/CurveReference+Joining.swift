package import RouteGridBase

extension CurveReference {
    /// The reference of the curve that single-point records make together.
    ///
    /// The points are picked by what each record read on dev, as ``CurvePicks/init(on:largest:)`` says.
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
        joined.dev = nil
        let onDev = references.compactMap { $0.dev?.point }
        guard let dev = first.dev, onDev.count == references.count else {
            joined.picks = .unpicked(largest: largest, why: "a point has no reading on dev to be picked by")
            return joined
        }
        joined.picks = CurvePicks(
            on: DevReadings(
                points: onDev,
                goal: dev.goal,
                cheapest: dev.cheapest,
                lowestCost: first.lowestCost,
                strongCost: first.strongCost
            ),
            largest: largest
        )
        return joined
    }

    private func isOnSameGround(as other: CurveReference) -> Bool {
        mode == other.mode && lowestCost == other.lowestCost && highestCost == other.highestCost
            && strongCost == other.strongCost && cheapest == other.cheapest && best == other.best
            && oracleAccuracy == other.oracleAccuracy && dev?.goal == other.dev?.goal
            && dev?.cheapest == other.dev?.cheapest && lowCoverage == other.lowCoverage
    }
}
