package import RouteGridBase

/// What the grid must know about a router without knowing how it works.
package struct RouterDescriptor: Sendable {
    /// What a router's fit depends on besides the outcomes. An axis that is not read is projected out of its cells.
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
    /// One line for `routegrid routers` and the error that lists what is known.
    package var summary: String
    package var parameters: [ParameterDescriptor]
    package var reads: Reads
    /// Budget rules under which the router can be evaluated.
    package var rules: Set<BudgetRule>
    /// Grows whenever the router's numbers change; part of every key.
    package var revision: Int

    package init(
        kind: String,
        summary: String,
        parameters: [ParameterDescriptor] = [],
        reads: Reads,
        rules: Set<BudgetRule> = [.threshold, .penalty],
        revision: Int = 1
    ) {
        self.kind = kind
        self.summary = summary
        self.parameters = parameters
        self.reads = reads
        self.rules = rules
        self.revision = revision
    }
}

/// One typed parameter with its range and default.
package struct ParameterDescriptor: Sendable {
    package enum Domain: Hashable, Sendable {
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case choice([String])
        case flag
        /// A non-empty list of integers in a range, such as hidden layer widths.
        case integers(ClosedRange<Int>)
        /// Any text (a model's name).
        case text
    }

    package var name: String
    package var domain: Domain
    /// Nil when the grid must give it.
    package var defaultValue: JSONValue?
    package var summary: String

    package init(_ name: String, _ domain: Domain, default defaultValue: JSONValue?, _ summary: String) {
        self.name = name
        self.domain = domain
        self.defaultValue = defaultValue
        self.summary = summary
    }
}

/// A router with every parameter filled in and checked.
package struct RouterConfiguration: Hashable, Sendable {
    package var kind: String
    /// Every parameter of the descriptor, typed as its domain says.
    package var parameters: [String: JSONValue]

    package init(kind: String, parameters: [String: JSONValue]) {
        self.kind = kind
        self.parameters = parameters
    }
}

/// A fusion of text and image embeddings with every parameter filled in and checked.
package struct FusionConfiguration: Hashable, Sendable {
    package var kind: String
    package var parameters: [String: JSONValue]

    package init(kind: String, parameters: [String: JSONValue] = [:]) {
        self.kind = kind
        self.parameters = parameters
    }
}

/// How soft labels are made from outcomes (VL-RouterBench; research formula B1), for routers that read labels.
package struct LabelConfiguration: Hashable, Sendable {
    /// λ ≥ 0; infinity means the hard label "cheapest correct".
    package var lambda: Double
    package var scale: Double
    /// "exp" or "power".
    package var scheme: String

    package init(lambda: Double, scale: Double = 1, scheme: String = "exp") {
        self.lambda = lambda
        self.scale = scale
        self.scheme = scheme
    }
}
