package import Grid
package import RouteGridBase

/// One configuration of a router on one board, or what a selection chose on each split index: the mean of its runs over
/// seeds and splits.
package struct BoardRow: Sendable {
    /// What the runs share: a job without `seed` and without the split's `index`.
    package let job: JSONValue
    /// By split, then by seed.
    package internal(set) var runs: [BoardRun]
    /// What costs are counted in; nil when no grid tells.
    package let costUnit: String?
    /// Each `{"v": number, "lo"?, "hi"?, "lo_seeds"?, "hi_seeds"?, "sd"?}` or `{"v": null, "why": text}`.
    package internal(set) var metrics: [String: JSONValue]
    /// Sorted: see ``BoardFlag``.
    package internal(set) var flags: [BoardFlag]
    /// 1 is best and equal values share a place; nil for bounds, rows over budget and rows without the ranking metric.
    package internal(set) var place: Int?
    /// How the row compares with the others of its section; nil without a bootstrap.
    package internal(set) var standing: Standing?
    /// How the row was selected on dev; nil for one that was not.
    package internal(set) var selection: RowSelection?
    /// Items of the evaluated part with a twin that the split does not keep with them: the most of any split.
    package internal(set) var twinCount = 0
    /// What was resampled together; nil where nothing was.
    package internal(set) var cluster: GridStatistics.Cluster?
    /// Configurations that were ever read on this test part under these splits; nil on other parts.
    package internal(set) var testReads: Int?
    /// Where queries go; nil where choices were not read.
    package internal(set) var routing: RoutingShares?
    /// What it comes to on parts of the items; nil where choices were not read, or where the items are of one kind.
    package internal(set) var slices: RowSlices?

    package var routerKind: String { job["router"]?["kind"]?.stringValue ?? "" }
    /// Oracles bound what is possible and are no competitors.
    package var isBound: Bool { flags.contains(.bound) }
    /// Costs more than the budgets of its table allow: shown, and compared with nobody.
    package var isOverBudget: Bool { flags.contains(.overBudget) }
    package var isIncomplete: Bool { flags.contains(.incomplete) }
    package var hasRecord: Bool { runs.contains(where: \.hasRecord) }
    /// The records that the row is made of, run by run.
    package var jobKeys: [JobKey] { runs.flatMap(\.jobKeys) }
    /// Of the runs' seeds each once, rising; empty for a router that draws no random number.
    package var seeds: [Int] { Set(runs.compactMap(\.seed)).sorted() }
    /// The indices of the splits that the runs are on, rising.
    package var splits: [Int] { Set(runs.map(\.splitIndex)).sorted() }
    /// Items of the evaluated part (of the smallest, when those of several splits differ); nil when no record tells.
    package var itemCount: Int? { runs.compactMap(\.itemCount).min() }
    /// Missing outcomes of the evaluated parts.
    package var missingCount: Int { runs.map(\.missingCount).max() ?? 0 }
    /// Operating points of a run, the most of any.
    package var pointCount: Int { runs.map(\.points.count).max() ?? 0 }

    /// A metric's value, or nil when it does not exist.
    package func value(_ metric: String) -> Double? { metrics[metric]?["v"]?.numberValue }

    /// A metric's interval over the draw of items and, where there are several seeds, of seeds; nil when there is none.
    package func interval(_ metric: String) -> (low: Double, high: Double)? {
        ends(of: metric, "lo_seeds", "hi_seeds") ?? itemInterval(metric)
    }

    /// A metric's interval over the draw of items, with the routers as they were trained; nil when there is none.
    package func itemInterval(_ metric: String) -> (low: Double, high: Double)? { ends(of: metric, "lo", "hi") }

    private func ends(of metric: String, _ low: String, _ high: String) -> (low: Double, high: Double)? {
        guard let low = metrics[metric]?[low]?.numberValue, let high = metrics[metric]?[high]?.numberValue else {
            return nil
        }
        return (low, high)
    }

    /// What makes the row differ from others of its section, as one line.
    var identity: String {
        guard case .object(var members) = job else { return "" }
        for name in ["dataset", "data", "models", "split", "part", "rule", "mode", "numerics", "kind"] {
            members[name] = nil
        }
        // Rows of several selections may share all else.
        if let selection { members["selection"] = selection.json }
        return JSONValue.object(members).canonicalText
    }

    /// The row of `leaderboard.json`.
    package var json: JSONValue {
        var row: [String: JSONValue] = [:]
        row["revisions"] = job["revisions"] ?? .null
        for name in BoardRow.identityMembers { row[name] = job[name] ?? .null }
        if row["modality"]?.objectValue == nil { row["modality"] = ["train": .null, "test": .null] }
        row["seeds"] = .array(seeds.map { JSONValue($0) })
        row["splits"] = .array(splits.map { JSONValue($0) })
        row["place"] = place.map { JSONValue($0) } ?? .null
        row["rank"] = standing.map { [JSONValue($0.rank.lowerBound), JSONValue($0.rank.upperBound)] } ?? .null
        row["tie"] = standing.map { JSONValue($0.tie) } ?? .null
        row["mde"] = standing?.detectable.map { .double($0) } ?? .null
        row["selection"] = selection?.json ?? .null
        row["test_reads"] = testReads.map { JSONValue($0) } ?? .null
        row["n"] = itemCount.map { JSONValue($0) } ?? .null
        row["n_missing"] = JSONValue(missingCount)
        row["n_twins"] = JSONValue(twinCount)
        row["cluster"] = cluster.map { .string($0.rawValue) } ?? .null
        row["points"] = JSONValue(pointCount)
        row["metrics"] = .object(metrics)
        row["routing"] = routing?.json ?? .null
        row["cost_unit"] = costUnit.map { .string($0) } ?? .null
        row["flags"] = JSONValue(flags.map(\.rawValue))
        row["job_keys"] = JSONValue(jobKeys.map(\.hex))
        row["fit_keys"] = JSONValue(runs.flatMap(\.fitKeys).map(\.hex))
        return .object(row)
    }

    static let identityMembers = [
        "dataset", "models", "router", "modality", "encoder", "fusion", "mode", "numerics", "split", "label", "part",
        "rule", "budget", "prices", "data", "inputs", "revisions",
    ]
}

/// How a row compares with the other competitors of its section on the ranking metric.
package struct Standing: Hashable, Sendable {
    /// The ranks that the data allow: 1 + how many are significantly better … all − how many are significantly worse.
    package let rank: ClosedRange<Int>
    /// 1 for the best: rows not significantly worse than the first row of their group.
    package let tie: Int
    /// The smallest difference to the leader that four of five repetitions would find; nil for the leader.
    package let detectable: Double?
}
