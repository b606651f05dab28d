package import RouteGridBase

/// Something about a table's outcomes that a reader of a board must know, by model.
///
/// It is computed when a grid is frozen, goes with the grid and its published tables, and is in no key.
package struct DataFact: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Under a price sheet: right answers whose token counts are 0.
        case zeroUsage = "zero_usage"
        /// Under a price sheet that does not say what they cost: answers whose total is not tokens in + tokens out.
        case hiddenTokens = "hidden_tokens"
    }

    package var kind: Kind
    /// How many answers, by model; at least one each.
    package var counts: [String: Int]

    /// Nil when no model has any.
    init?(_ kind: Kind, counts: [String: Int]) {
        self.kind = kind
        self.counts = counts.filter { $0.value > 0 }
        if self.counts.isEmpty { return nil }
    }

    /// A sentence without its end.
    package var words: String {
        let named = counts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return switch kind {
        case .zeroUsage: "right answers with zero usage (0 tokens, so billed for none): \(named)"
        case .hiddenTokens:
            "answers whose token total is not in + out, of which the price sheet bills in and out alone: \(named)"
        }
    }

    /// What to do about it.
    package var advice: String {
        switch kind {
        case .zeroUsage: "find their usage, or leave these outcomes out"
        case .hiddenTokens: "\"hidden_tokens\": \"billed\" in the sheet charges the rest at the price of out, \"free\" nothing"
        }
    }
}

extension DataFact {
    package var json: JSONValue {
        ["fact": .string(kind.rawValue), "models": .object(counts.mapValues { JSONValue($0) })]
    }

    package init(json: JSONValue, place: String) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        kind = try object.choice("fact")
        let members = try object.required("models").objectValue ?? [:]
        counts = members.compactMapValues(\.integerValue)
        guard counts.count == members.count, !counts.isEmpty, counts.values.allSatisfy({ $0 > 0 }) else {
            throw .badInput("\(place).models", "expected a count of at least 1 for each model")
        }
        try object.finish()
    }
}

extension GridLock {
    /// What readers of this grid's boards must know about its data, one sentence each.
    package var dataWarnings: [String] {
        var seen: Set<String> = []
        return contents.axes.tables.flatMap { table in
            let pool = table.pool == "all" ? "" : " (pool \(table.pool))"
            return table.facts.map { "dataset \(table.dataset)\(pool): \($0.words); \($0.advice)" }
        }.filter { seen.insert($0).inserted }
    }
}
