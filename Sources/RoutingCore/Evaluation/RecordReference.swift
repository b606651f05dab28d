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
        func point(_ metric: CurveMetric) throws(RouteGridError) -> Int? {
            guard let number = result["metrics"]?[metric.rawValue]?["at"]?.integerValue else { return nil }
            guard (0..<count).contains(number) else {
                throw .badInput(place, "metric \(metric.rawValue) is read at point \(number): expected 0 ..< \(count)")
            }
            return number
        }
        func pick(_ metric: CurveMetric) throws(RouteGridError) -> CurveReference.Pick {
            if let number = try point(metric) { return .point(number) }
            return .none(why: result["metrics"]?[metric.rawValue]?["why"]?.stringValue ?? "read off the frontier")
        }
        guard let largest = try point(.accuracy) else {
            throw .badInput(place, "metric accuracy has no member \"at\": expected the number of a point")
        }
        return reference(on: outcomes, largest: largest, peak: try pick(.ps), parity: try pick(.qnc))
    }
}
