import Catalog
import Grid
import RouteGridBase

/// The runs of one row: equal in all but seed and split index, or those that one selection chose on each index.
struct RowGroup {
    private var runs: [BoardRun] = []
    /// How its configurations were chosen; nil for a row that was not selected.
    private(set) var selection: RowSelection?

    /// Groups runs into rows of one configuration each.
    static func groups(of runs: [BoardRun]) -> [RowGroup] {
        var numbers = FrameNumbers(identity)
        var groups: [Int: RowGroup] = [:]
        for run in runs { groups[numbers[run.job.frame], default: RowGroup()].runs.append(run) }
        return groups.values.map { group in RowGroup(runs: group.runs.sorted(by: BoardRun.precedes)) }
    }

    /// What the runs of a row have in common, by content.
    static func identity(_ job: JSONValue) -> String { RecordLabels.unlabelled(shared(job)).canonicalText }
    /// A row of runs that a selection chose.
    init(selected runs: [BoardRun], selection: RowSelection) {
        self.runs = runs.sorted(by: BoardRun.precedes)
        self.selection = selection
    }

    private init(runs: [BoardRun] = []) { self.runs = runs }

    /// The job without its seed and its split's index.
    static func shared(_ job: JSONValue) -> JSONValue {
        job.with("seed", nil).with("split", job["split"]?.with("index", nil))
    }

    /// What the jobs of the runs have in common: of configurations that differ, the members that do not.
    private var job: JSONValue {
        guard var job = runs.first.map({ RowGroup.shared($0.job.json) }) else { return .null }
        guard selection != nil else { return job }
        for name in RowSelection.configurationMembers {
            let values = Set(runs.map { $0.job[name] ?? .null })
            if values.count > 1 { job = job.with(name, name == "router" ? RowGroup.common(values) : .null) }
        }
        return job
    }

    /// The members that routers have in common; of routers of several kinds the kind is `selected`.
    private static func common(_ routers: Set<JSONValue>) -> JSONValue {
        let all = routers.map { $0.objectValue ?? [:] }
        let common = (all.first ?? [:]).filter { name, value in all.allSatisfy { $0[name] == value } }
        return common["kind"] == nil ? ["kind": "selected"] : .object(common)
    }

    /// The records that the row is made of, run by run.
    var jobKeys: [JobKey] { runs.flatMap(\.jobKeys) }

    /// The table that the row belongs to.
    func section(_ names: BoardNames) -> SectionKey {
        SectionKey(job: names.named(job), splits: Set(runs.map(\.splitIndex)).sorted(), data: names.data(of: job))
    }

    /// The row under the board's names, not yet placed.
    func row(_ tables: KnownTables, _ names: BoardNames) -> BoardRow {
        var flags = Set((names.data(of: job)?.facts ?? []).map(BoardFlag.init))
        if job["part"] == "test" { flags.insert(.unsealed) }
        if let kind = job["router"]?["kind"]?.stringValue, RouterCatalog.bounds.contains(kind) { flags.insert(.bound) }
        if RouterCatalog.isNondeterministic(job["router"]) { flags.insert(.nondeterministic) }
        if !RecordRevisions(job: job).differences.isEmpty { flags.insert(.earlier) }
        if runs.contains(where: { !$0.isComplete }) { flags.insert(.incomplete) }
        if runs.contains(where: { $0.missingCount > 0 }) { flags.insert(.missing) }
        if runs.contains(where: \.isOverBudget) { flags.insert(.overBudget) }
        if runs.contains(where: \.hasLowCoverage) { flags.insert(.lowCoverage) }
        let tested = job["part"] == "test" ? runs.map(\.job).ofEachSplit : []
        let twins = tested.map { tables.twinCount(of: $0.json) }.max() ?? 0
        if twins > 0 { flags.insert(.twins) }
        if let selection {
            flags.remove(.unsealed)
            if selection.isLeaky { flags.insert(.leaky) }
            if selection.unreadDevCells > 0 { flags.insert(.partial) }
        }
        var metrics = RunMeans.metrics(of: runs)
        if let selection { metrics[RowSelection.optimism] = selection.optimism(metrics) }
        var named: [ObjectIdentifier: JobFrame] = [:]
        for frame in runs.map(\.job).frames { named[ObjectIdentifier(frame)] = JobFrame(names.named(frame.json)) }
        return BoardRow(
            job: names.named(job),
            runs: runs.map { run in named[ObjectIdentifier(run.job.frame)].map(run.framed) ?? run },
            costUnit: tables.unit(of: job),
            metrics: metrics,
            flags: flags.sorted(),
            selection: selection,
            twinCount: twins
        )
    }
}
