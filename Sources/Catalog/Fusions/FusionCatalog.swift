package import RouteGridBase

/// What the grid must know about a fusion.
package struct FusionDescriptor: Sendable {
    /// The name in grids, keys and boards.
    package var kind: String
    package var summary: String
    /// The paper or code that defines the fusion.
    package var source: String
    package var parameters: [ParameterDescriptor]
    /// Grows whenever the fusion's numbers change; part of every key of a router that reads it.
    package var revision: Int

    package init(
        kind: String,
        summary: String,
        source: String,
        parameters: [ParameterDescriptor] = [],
        revision: Int = 1
    ) {
        self.kind = kind
        self.summary = summary
        self.source = source
        self.parameters = parameters
        self.revision = revision
    }
}

/// Every way to make one vector of a text and an image embedding that a grid may name.
package enum FusionCatalog {
    /// The fusions that the core computes.
    package static let descriptors: [FusionDescriptor] = [
        mean, weighted, concat, normalizeConcat, adaptive, concatInteraction, gated, hadamard,
    ]

    static let mean = FusionDescriptor(
        kind: "mean",
        summary: "(text + image) ÷ 2, cut to the narrower one",
        source: CatalogSource.mmrBench
    )
    static let weighted = FusionDescriptor(
        kind: "weighted",
        summary: "text weight × text + the rest × image, cut to the narrower one",
        source: CatalogSource.vlRouterBench,
        parameters: [ParameterDescriptor("text", .number(0...1), default: 0.5, "weight of the text")]
    )
    static let concat = FusionDescriptor(
        kind: "concat",
        summary: "text, then image",
        source: CatalogSource.vlRouterBench
    )
    static let normalizeConcat = FusionDescriptor(
        kind: "normalize_concat",
        summary: "text, then image, each of length 1",
        source: CatalogSource.vlRouterBench
    )
    static let adaptive = FusionDescriptor(
        kind: "adaptive",
        summary: "weighted by confidence, as in kmeansnew",
        source: CatalogSource.mmrBench
    )
    static let concatInteraction = FusionDescriptor(
        kind: "concat_interaction",
        summary: "text, image, their product and their distance",
        source: CatalogSource.vlRouterBench
    )
    static let gated = FusionDescriptor(
        kind: "gated",
        summary: "image ÷ 2, then text ÷ 2",
        source: CatalogSource.vlRouterBench
    )
    static let hadamard = FusionDescriptor(
        kind: "hadamard",
        summary: "the product of text and image",
        source: CatalogSource.vlRouterBench
    )

    private static let byKind = Dictionary(uniqueKeysWithValues: descriptors.map { ($0.kind, $0) })

    /// - Throws: ``RouteGridError`` `badInput` with the nearest known kind.
    package static func descriptor(of kind: String, place: String = "fusion") throws(RouteGridError)
        -> FusionDescriptor
    {
        guard let descriptor = byKind[kind] else {
            throw .badInput(
                place,
                "unknown fusion \"\(kind)\"\(NearestName.hint(kind, in: descriptors.map(\.kind)))"
            )
        }
        return descriptor
    }

    /// The width of a fused vector; nil for an unknown kind.
    package static func width(of kind: String, text: Int, image: Int) -> Int? {
        switch kind {
        case "mean", "weighted", "hadamard", "adaptive": min(text, image)
        case "concat", "normalize_concat", "gated": text + image
        case "concat_interaction": text + image + 2 * min(text, image)
        default: nil
        }
    }

    /// A configuration with defaults filled in and every value typed and in range; errors as for routers.
    package static func configure(
        kind: String,
        parameters: [String: JSONValue] = [:],
        place: String = "fusion"
    ) throws(RouteGridError) -> FusionConfiguration {
        let descriptor = try descriptor(of: kind, place: place)
        let filled = try descriptor.parameters.filled(with: parameters, of: "fusion \(kind)", place: place)
        return FusionConfiguration(kind: kind, parameters: filled)
    }
}
