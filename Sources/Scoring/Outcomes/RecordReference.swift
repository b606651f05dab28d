package import RouteGridBase

extension EvaluationGround {
    /// What the metrics of a stored record refer to: the points it was read at come from its `result`.
    ///
    /// - Parameters:
    ///   - outcomes: of the record's part.
    ///   - result: the `result` object of the record.
    ///   - place: names the record in errors.
    /// - Returns: the reference that the record's own evaluation used.
    /// - Throws: ``RouteGridError`` `badInput` when a point number is absent or out of range.
    package func reference(
        on outcomes: ItemOutcomes,
        result: JSONValue,
        place: String
    ) throws(RouteGridError) -> CurveReference {
        let count = result["points"]?.arrayValue?.count ?? 0
        guard let picks = try CurvePicks(recorded: result, count: count, place: place) else {
            throw .badInput(place, "metric accuracy has no member \"at\": expected the number of a point")
        }
        return reference(on: outcomes, picks: picks)
    }
}
