/// What an importer cannot read from the data: the user says it.
package struct ImportLabels: Sendable {
    package var name: String
    /// `USD`, `MAC`, `J`, ….
    package var costUnit: String
    package var provenance: String
    package var licence: String
    /// The name under which embeddings are stored.
    package var encoder: String

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
