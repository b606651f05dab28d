package import RouteGridBase

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
