import RouteGridBase

/// What a row is called by, whatever its content: rows of two boards with the same are the same row, then and now.
struct RowIdentity: Hashable {
    let text: String

    /// - Parameters:
    ///   - row: Of a board.
    ///   - withDataset: False for what rows of several datasets share.
    init(_ row: BoardRow, withDataset: Bool = true) {
        guard case .object(var members) = row.job else {
            text = ""
            return
        }
        // Content by digest, and names of content that may be renamed with it.
        for name in ["data", "samples", "inputs", "revisions", "prices", "numerics", "kind"] { members[name] = nil }
        if !withDataset { members["dataset"] = nil }
        if let selection = row.selection {
            members["selected"] = .string(selection.metric)
            // What was chosen may change with the data that it was chosen on.
            if selection.configurations > 1 {
                for name in RowSelection.configurationMembers where name != "router" { members[name] = nil }
                members["router"] = ["kind": .string(row.routerKind)]
            }
        }
        text = JSONValue.object(members).canonicalText
    }
}
