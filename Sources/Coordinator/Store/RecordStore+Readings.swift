package import Grid
package import RouteGridBase

extension RecordStore {
    /// What the records of these keys that exist say of a metric; one that cannot be read has no value.
    package func readings(of metric: String, keys: [Digest]) throws(RouteGridError) -> [Digest: MetricReading] {
        var readings: [Digest: MetricReading] = [:]
        for record in try records(of: keys).records {
            do throws(RouteGridError) {
                // No number: the reason is part of the selection, whose bytes depend on no order.
                readings[record.jobKey] = try MetricReading(of: metric, recordLine: record.body, place: "its record")
            } catch {
                // Results are not read when they come: one that is no record must not end its coordinator at each start.
                readings[record.jobKey] = .absent(why: error.message)
            }
        }
        return readings
    }
}
