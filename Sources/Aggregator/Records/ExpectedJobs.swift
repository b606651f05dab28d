package import Grid
package import RouteGridBase

/// A job that a grid asks for and that has no record.
package struct ExpectedJob: Hashable, Sendable {
    package let key: JobKey
    /// As a record would show it.
    package let job: JSONValue

    package init(key: JobKey, job: JSONValue) { (self.key, self.job) = (key, job) }
}

/// What a grid asks for.
package enum ExpectedJobs {
    /// The jobs of a grid that have no record, in key order, each once.
    ///
    /// - Parameters:
    ///   - records: What there is.
    ///   - lock: The grid.
    ///   - selection: What was selected: its test jobs are asked for and the dev jobs are not, since they make no rows.
    ///     Without one, a grid with `select` asks for its dev jobs.
    /// - Returns: The jobs.
    /// - Throws: `badInput` when the lock contradicts itself.
    /// - Complexity: A few microseconds a cell.
    package static func missing(
        from records: RecordCollection,
        of lock: GridLock,
        selection: FrozenSelection? = nil
    ) throws(RouteGridError) -> [ExpectedJob] {
        let selected = Set(selection?.cells ?? [])
        var missing: [JobKey: JSONValue] = [:]
        for group in lock.evaluationGroups {
            for keyed in lock.jobs(ofGroup: group) where !records.contains(keyed.jobKey) {
                guard selection == nil ? !lock.isDeferred(keyed.cell) : selected.contains(keyed.cell) else { continue }
                let record = MetricRecord.make(
                    fit: lock.fit(ofGroup: group),
                    job: try JobIdentity(parsing: keyed.evalBytes),
                    labels: lock.labels(ofGroup: group),
                    result: [:]
                )
                missing[keyed.jobKey] = record.job
            }
        }
        return missing.sorted { $0.key < $1.key }.map { ExpectedJob(key: $0.key, job: $0.value) }
    }
}
