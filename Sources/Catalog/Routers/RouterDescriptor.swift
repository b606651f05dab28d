/// What the grid must know about a router without knowing how it works.
package struct RouterDescriptor: Sendable {
    /// What a router's fit depends on besides the outcomes.
    ///
    /// An axis that is not read is projected out of its cells.
    package struct Reads: OptionSet, Hashable, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }
        /// Embeddings, and with them the encoder, the modality and the fusion.
        package static let embeddings = Reads(rawValue: 1)
        /// The seed.
        package static let seed = Reads(rawValue: 2)
        /// The labels of a soft-label rule (λ, scheme, scale).
        package static let labels = Reads(rawValue: 4)
        /// Train costs: a change of prices is a refit.
        package static let trainCost = Reads(rawValue: 8)
        /// Text and image apart, without the fusion axis (`cmr`); only with `embeddings`.
        package static let separateModalities = Reads(rawValue: 16)
    }

    /// The name in grids, keys and boards.
    package var kind: String
    /// One line for `routegrid routers`.
    package var summary: String
    /// The paper or code that defines the router.
    package var source: String
    package var parameters: [ParameterDescriptor]
    package var reads: Reads
    /// Budget rules under which the router can be evaluated.
    package var rules: Set<BudgetRule>
    /// Whether the router reads the answers: it bounds what is possible and competes with nobody.
    package var isBound: Bool
    /// The fusion that is part of the router and no axis of a grid, such as `adaptive`; nil for the others.
    ///
    /// In mode `compat` image alone is then both, fused, as in the peer's code.
    package var ownFusion: String?
    /// Grows whenever the router's numbers change; part of every key.
    package var revision: Int

    package init(
        kind: String,
        summary: String,
        source: String,
        parameters: [ParameterDescriptor] = [],
        reads: Reads,
        rules: Set<BudgetRule> = BudgetRule.ofPredictions,
        isBound: Bool = false,
        ownFusion: String? = nil,
        revision: Int = 1
    ) {
        self.kind = kind
        self.summary = summary
        self.source = source
        self.parameters = parameters
        self.reads = reads
        self.rules = rules
        self.isBound = isBound
        self.ownFusion = ownFusion
        self.revision = revision
    }
}
