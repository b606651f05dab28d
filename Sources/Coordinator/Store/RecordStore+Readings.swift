package import Grid
package import RouteGridBase

extension RecordStore {
    /// The values of a metric in those records of these keys that exist; an unreadable one has no value.
    package func readings(of metric: String, keys: [JobKey]) throws(RouteGridError) -> [JobKey: MetricReading] {
        var readings: [JobKey: MetricReading] = [:]
        for record in try records(of: keys).records {
            do throws(RouteGridError) {
                // Without a record number: the reason is part of the selection, whose bytes must not depend on the
                // order of records.
                readings[record.jobKey] = try MetricReading(of: metric, recordLine: record.body, place: "its record")
            } catch {
                // Results are not parsed on arrival: one that is no record must not end its coordinator at each start.
                readings[record.jobKey] = .absent(why: error.message)
            }
        }
        return readings
    }
}
