package import RouteGridBase

/// What an importer cannot read from the data: the user says it.
package struct ImportLabels: Sendable {
    package var name: String
    /// `USD`, `MAC`, `J`, ….
    package var costUnit: String
    package var provenance: String
    package var licence: String
    /// The name under which embeddings are stored.
    package var encoder: String

    /// Refuses what a grid file or a board could not show.
    ///
    /// - Throws: `usage` when the name or the encoder's breaks ``NameRule``, or the cost unit is none.
    package func checked() throws(RouteGridError) -> ImportLabels {
        var checked = self
        checked.costUnit = try CostUnit.checked(costUnit)
        for (what, text) in [("dataset's name", name), ("encoder's name", encoder)] {
            guard let problem = NameRule.problem(text) else { continue }
            throw RouteGridError(.usage, "the \(what) \(JSONValue.string(text).jsonText) \(problem)")
        }
        return checked
    }

    package init(
        name: String,
        costUnit: String = "USD",
        provenance: String = "not stated",
        licence: String = "not stated",
        encoder: String = "default"
    ) {
        self.name = name
        self.costUnit = costUnit
        self.provenance = provenance
        self.licence = licence
        self.encoder = encoder
    }
}
