/// Which rows a verdict may name.
extension BoardRow {
    /// Baselines and single models: what routers are measured against.
    private static let referenceKinds: Set<String> = [
        "best-single", "cheapest", "fixed", "random", "random-mix", "strongest", "strongest-per-dataset",
    ]

    /// Flags that leave the numbers of a row what they claim to be.
    ///
    /// All others say that something is missing from the row or too good about it.
    private static let harmlessFlags: Set<BoardFlag> = [
        .missing, .nondeterministic, .unsealed, .constantTokens, .costMismatch, .hiddenTokens, .otherModel, .zeroPrice,
        .zeroUsage,
    ]

    /// A single model or another baseline.
    package var isReference: Bool { Self.referenceKinds.contains(routerKind) }

    /// Whether a verdict may name the row: a router with all records and nothing wrong about it.
    package var isNameable: Bool {
        hasRecord && !isReference && flags.allSatisfy(Self.harmlessFlags.contains)
    }

    /// Flags with which no saving can be claimed.
    private static let costFlags: Set<BoardFlag> = [.constantTokens, .costMismatch, .hiddenTokens, .zeroUsage]

    /// Whether the costs of the row are known to be wrong.
    var hasDoubtfulCosts: Bool { flags.contains(where: Self.costFlags.contains) }

    /// The flags for which a router is not named.
    var harmfulFlags: [BoardFlag] { flags.filter { !Self.harmlessFlags.contains($0) } }
}
