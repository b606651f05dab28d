package import RouteGridBase

/// One thing that a reader must know before believing a table, stated whether it is well or not.
package struct TrustCheck: Hashable, Sendable {
    /// `sealed`, `test reads`, `coverage`, `missing`, `costs`, `seeds` or `records`.
    package let name: String
    package let isFine: Bool
    package let text: String

    private init(_ name: String, _ isFine: Bool, _ text: String) {
        (self.name, self.isFine, self.text) = (name, isFine, text)
    }

    /// All checks of a table, in one order.
    static func checks(of section: BoardSection) -> [TrustCheck] {
        [
            sealed(section), testReads(section), coverage(section), missing(section), twins(section), costs(section),
            seeds(section), records(section),
        ]
    }

    package var json: JSONValue {
        ["check": .string(name), "fine": .bool(isFine), "text": .string(text)]
    }

    private static func has(_ flag: BoardFlag, _ section: BoardSection) -> Bool {
        section.rows.contains { $0.flags.contains(flag) }
    }

    private static func sealed(_ section: BoardSection) -> TrustCheck {
        guard section.key.part == "test" else {
            return TrustCheck("sealed", false, "part \(section.key.part): choices were made on it")
        }
        if has(.leaky, section) { return TrustCheck("sealed", false, "leaky: some choices may have seen test items") }
        if has(.partial, section) { return TrustCheck("sealed", false, "partial: some choices lacked dev cells") }
        let open = section.rows.count { $0.flags.contains(.unsealed) }
        if open == 0 { return TrustCheck("sealed", true, "sealed: all was chosen on dev before test was read") }
        let which = open == section.rows.count ? "test was" : "of \(open) of \(section.rows.count) rows test was"
        return TrustCheck("sealed", false, "unsealed: \(which) read without a selection frozen on dev")
    }

    private static func testReads(_ section: BoardSection) -> TrustCheck {
        guard let reads = section.rows.compactMap(\.testReads).max() else {
            return TrustCheck("test reads", section.key.part != "test", "how often test was read is not known")
        }
        let text = "test read by \(VerdictWords.grouped(reads)) configuration\(reads == 1 ? "" : "s") so far"
        // Bounds hold for the rows of this table together; what else was read is not in them.
        let shown = section.rows.count
        return reads <= shown
            ? TrustCheck("test reads", true, text)
            : TrustCheck("test reads", false, text + ", more than the \(shown) rows shown")
    }

    private static func coverage(_ section: BoardSection) -> TrustCheck {
        has(.lowCoverage, section)
            ? TrustCheck("coverage", false, "a model answered too little of train to be a reference")
            : TrustCheck("coverage", true, "every model answered enough of train")
    }

    private static func missing(_ section: BoardSection) -> TrustCheck {
        let count = section.rows.map(\.missingCount).max() ?? 0
        guard count > 0 else { return TrustCheck("missing", true, "no outcome is missing") }
        return TrustCheck("missing", false, "\(VerdictWords.grouped(count)) outcomes are missing")
    }

    private static func twins(_ section: BoardSection) -> TrustCheck {
        if has(.cluster, section) {
            return TrustCheck("twins", false, "resampled by another unit than the split keeps together")
        }
        let count = section.rows.map(\.twinCount).max() ?? 0
        guard count > 0 else { return TrustCheck("twins", true, "no item has a twin across the split") }
        return TrustCheck("twins", false, "\(VerdictWords.grouped(count)) items have twins across the split")
    }

    private static func costs(_ section: BoardSection) -> TrustCheck {
        var faults: [String] = []
        if has(.hiddenTokens, section) { faults.append("some tokens are not billed") }
        if has(.zeroUsage, section) { faults.append("some answers took no tokens") }
        var doubts: [String] = []
        if has(.constantTokens, section) { doubts.append("a model has one number of tokens on nearly all answers") }
        if has(.costMismatch, section) { doubts.append("those that the data give are far from prices times tokens") }
        if has(.otherModel, section) { doubts.append("some answers are of another model than was asked") }
        if has(.zeroPrice, section) { doubts.append("a model costs nothing") }
        let told = [("too low", faults), ("in doubt", doubts)].filter { !$1.isEmpty }
        guard told.isEmpty else {
            let text = told.map { "costs are \($0): \($1.joined(separator: ", "))" }.joined(separator: "; ")
            return TrustCheck("costs", false, text)
        }
        return section.key.prices == nil
            ? TrustCheck("costs", true, "costs as the data give them, nothing known against them")
            : TrustCheck("costs", true, "prices cover all tokens of all answers")
    }

    private static func seeds(_ section: BoardSection) -> TrustCheck {
        let drawing = section.rows.filter { !$0.seeds.isEmpty && !$0.isBound }
        guard let least = drawing.map(\.seeds.count).min() else {
            return TrustCheck("seeds", true, "no router draws random numbers")
        }
        guard least > 1 else {
            return TrustCheck("seeds", false, "one random seed: what another would change is not known")
        }
        return TrustCheck("seeds", least > 2, "\(least) random seeds\(least > 2 ? "" : ", which say little")")
    }

    private static func records(_ section: BoardSection) -> TrustCheck {
        let lacking = section.rows.count(where: \.isIncomplete)
        guard lacking > 0 else { return TrustCheck("records", true, "no cell lacks a record") }
        return TrustCheck("records", false, "\(lacking) of \(section.rows.count) rows lack records")
    }
}
