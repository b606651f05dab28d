import Grid
import RouteGridBase

/// The runs of one configuration: equal in all but seed and split index.
struct RowGroup {
    private var runs: [BoardRun] = []

    /// Groups runs into rows.
    static func groups(of runs: [BoardRun]) -> [RowGroup] {
        var groups: [String: RowGroup] = [:]
        for run in runs { groups[identity(run.job), default: RowGroup()].runs.append(run) }
        return groups.values.map { group in RowGroup(runs: group.runs.sorted(by: BoardRun.precedes)) }
    }

    /// What the runs of a row have in common, by content.
    static func identity(_ job: JSONValue) -> String { RecordLabels.unlabelled(shared(job)).canonicalText }

    /// The job without its seed and its split's index.
    static func shared(_ job: JSONValue) -> JSONValue {
        job.with("seed", nil).with("split", job["split"]?.with("index", nil))
    }

    private var job: JSONValue { runs.first.map { RowGroup.shared($0.job) } ?? .null }

    /// The table that the row belongs to.
    func section(_ names: BoardNames) -> SectionKey {
        SectionKey(job: names.named(job), splits: Set(runs.map(\.splitIndex)).sorted(), data: names.data(of: job))
    }

    /// The row under the board's names, not yet placed.
    func row(_ tables: KnownTables, _ names: BoardNames) -> BoardRow {
        var flags = Set((names.data(of: job)?.facts ?? []).map(BoardFlag.init))
        if job["part"] == "test" { flags.insert(.unsealed) }
        if job["router"]?["kind"] == "oracle" { flags.insert(.bound) }
        if runs.contains(where: { !$0.isComplete }) { flags.insert(.incomplete) }
        if runs.contains(where: { $0.missingCount > 0 }) { flags.insert(.missing) }
        if runs.contains(where: \.isOverBudget) { flags.insert(.overBudget) }
        if runs.contains(where: \.hasLowCoverage) { flags.insert(.lowCoverage) }
        return BoardRow(
            job: names.named(job),
            runs: runs.map { $0.named(names) },
            costUnit: tables.unit(of: job),
            metrics: RunMeans.metrics(of: runs),
            flags: flags.sorted()
        )
    }
}
