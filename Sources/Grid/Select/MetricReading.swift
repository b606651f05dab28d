package import RouteGridBase

/// What a record says of one metric.
package enum MetricReading: Hashable, Sendable {
    case value(Double)
    case absent(why: String)

    /// Reads a record's line.
    ///
    /// - Throws: ``RouteGridError`` `badInput` when the line is no record, or has no such metric.
    package init(of metric: String, recordLine line: [UInt8], place: String) throws(RouteGridError) {
        let record = try JSONValue(parsing: line, place: place)
        guard let field = record["result"]?["metrics"]?[metric] else {
            throw .badInput(place, "expected a metric \"\(metric)\"")
        }
        if let value = field["v"]?.numberValue {
            self = .value(value)
        } else {
            self = .absent(why: field["why"]?.stringValue ?? "\(metric) has no value")
        }
    }
}
