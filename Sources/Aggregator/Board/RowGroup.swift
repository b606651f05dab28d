import RouteGridBase

/// The runs of one configuration: equal in all but seed and split index.
struct RowGroup {
    private var runs: [BoardRun] = []

    /// Groups runs into rows.
    static func groups(of runs: [BoardRun]) -> [RowGroup] {
        var groups: [String: RowGroup] = [:]
        for run in runs { groups[shared(run.job).canonicalText, default: RowGroup()].runs.append(run) }
        return groups.values.map { group in RowGroup(runs: group.runs.sorted(by: BoardRun.precedes)) }
    }

    /// The job without its seed and its split's index.
    static func shared(_ job: JSONValue) -> JSONValue {
        job.with("seed", nil).with("split", job["split"]?.with("index", nil))
    }

    private var job: JSONValue { runs.first.map { RowGroup.shared($0.job) } ?? .null }

    var section: SectionKey { SectionKey(job: job, splits: Set(runs.map(\.splitIndex)).sorted()) }

    /// The row, not yet placed.
    func row(_ tables: KnownTables) -> BoardRow {
        var flags: Set<BoardFlag> = []
        if job["part"] == "test" { flags.insert(.unsealed) }
        if job["router"]?["kind"] == "oracle" { flags.insert(.bound) }
        if runs.contains(where: { !$0.isComplete }) { flags.insert(.incomplete) }
        if runs.contains(where: { $0.missingCount > 0 }) { flags.insert(.missing) }
        return BoardRow(
            job: job,
            runs: runs,
            costUnit: tables.unit(of: job),
            metrics: RunMeans.metrics(of: runs),
            flags: flags.sorted()
        )
    }
}
