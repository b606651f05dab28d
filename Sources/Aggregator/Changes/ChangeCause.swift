import Grid
import RouteGridBase

/// Why a number of a row may differ from what it was.
package enum ChangeCause: String, Sendable, CaseIterable {
    /// Other items, or other embeddings of them.
    case items
    case embeddings
    /// Other models to choose from.
    case pool
    /// Another revision of router, fusion, rule, split or metrics, or other kernels.
    case revision
    /// Another price sheet, or other costs of the same answers.
    case prices
    /// The same models answered the same items again.
    case outcomes
    /// Other seeds or split indices.
    case runs
    /// The other rows of the table, or the settings of the statistics.
    case table
    /// Two results of one job key.
    case divergence

    package var words: String {
        switch self {
        case .items: "other items"
        case .embeddings: "other embeddings"
        case .pool: "other models in the pool"
        case .revision: "another revision"
        case .prices: "other prices"
        case .outcomes: "outcomes measured again"
        case .runs: "other seeds or splits"
        case .table: "equal records; rank, tie or bounds moved with the other rows"
        case .divergence: "two results of one job key"
        }
    }

    /// What of the inputs of two rows of one name differs, by their digests.
    ///
    /// - Parameters:
    ///   - old: With what its board knows of the data.
    ///   - new: The same.
    /// - Returns: In the order of the cases.
    static func causes(_ old: (row: BoardRow, tables: KnownTables), _ new: (row: BoardRow, tables: KnownTables))
        -> [ChangeCause]
    {
        var found: Set<ChangeCause> = []
        let (a, b) = (old.row.job, new.row.job)
        let (before, after) = (old.tables.tables(of: a).first, new.tables.tables(of: b).first)
        if a["data"] != b["data"] {
            if let before, let after {
                if before.samples != after.samples { found.insert(.items) }
                if before.models != after.models { found.insert(.pool) }
                if before.samples == after.samples, before.models == after.models { found.insert(.outcomes) }
            } else {
                found.insert(a["samples"] != b["samples"] ? .items : .outcomes)
            }
        }
        if a["inputs"]?["text"] != b["inputs"]?["text"] || a["inputs"]?["image"] != b["inputs"]?["image"] {
            if !found.contains(.items) { found.insert(.embeddings) }
        }
        if a["revisions"] != b["revisions"] || a["numerics"] != b["numerics"] { found.insert(.revision) }
        if a["inputs"]?["cost"] != b["inputs"]?["cost"], found.isDisjoint(with: [.items, .pool]) {
            switch (before?.cost, after?.cost) {
            case (.prices(_, _, let sheet)?, .prices(_, _, let other)?):
                found.insert(sheet != other ? .prices : .outcomes)
            // Costs that came with the outcomes were measured with them.
            default: if !found.contains(.outcomes) { found.insert(.prices) }
            }
        }
        let runs = { (row: BoardRow) in row.runs.map { [$0.splitIndex, $0.seed ?? -1] } }
        if runs(old.row) != runs(new.row) { found.insert(.runs) }
        return ChangeCause.allCases.filter(found.contains)
    }
}
