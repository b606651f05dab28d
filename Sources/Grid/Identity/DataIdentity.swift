import Catalog
package import RouteGridBase

/// The data that a fit or an evaluation reads, by content.
package struct DataIdentity: Hashable, Sendable {
    /// The digest of the sample list (`SampleList`).
    package var samples: Digest
    /// The pool, in code-point order.
    package var models: [String]
    /// The digests of tensor blobs; an embedding that is not read is nil.
    package var quality: Digest
    package var text: Digest?
    package var image: Digest?
    /// Nil for a fit that does not train on cost, and for an evaluation, which names its cost beside its data.
    package var cost: CostIdentity?

    package init(
        samples: Digest,
        models: [String],
        quality: Digest,
        text: Digest? = nil,
        image: Digest? = nil,
        cost: CostIdentity? = nil
    ) {
        self.samples = samples
        self.models = models
        self.quality = quality
        self.text = text
        self.image = image
        self.cost = cost
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "samples": .string(samples.hex), "models": JSONValue(models), "quality": .string(quality.hex),
        ]
        if let text { members["text"] = .string(text.hex) }
        if let image { members["image"] = .string(image.hex) }
        if let cost { members["cost"] = cost.json }
        return .object(members)
    }

    /// Reads what ``json`` writes.
    package init(json: JSONValue, place: String = "data") throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        samples = try object.digest("samples")
        models = try object.texts("models")
        quality = try object.digest("quality")
        text = try object.optionalDigest("text")
        image = try object.optionalDigest("image")
        cost = nil
        if let json = object.optional("cost") { cost = try CostIdentity(json: json, place: "\(place).cost") }
        try object.finish()
        guard !models.isEmpty else { throw .badInput("\(place).models", "expected at least one model") }
    }

    /// Every blob that is needed, in a fixed order.
    package var blobs: [Digest] { [samples, quality] + [text, image].compactMap(\.self) + (cost?.blobs ?? []) }
}

/// What cells cost: measured, or made from tokens and a price sheet.
package enum CostIdentity: Hashable, Sendable {
    case tensor(Digest)
    /// Tokens of every cell, and the digest of the pool's price rows with their unit.
    case prices(tokensIn: Digest, tokensOut: Digest, prices: Digest)

    package var json: JSONValue {
        switch self {
        case .tensor(let digest): ["tensor": .string(digest.hex)]
        case .prices(let tokensIn, let tokensOut, let prices):
            [
                "tokens_in": .string(tokensIn.hex), "tokens_out": .string(tokensOut.hex),
                "prices": .string(prices.hex),
            ]
        }
    }

    /// Reads what ``json`` writes.
    package init(json: JSONValue, place: String = "cost") throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        if let tensor = try object.optionalDigest("tensor") {
            self = .tensor(tensor)
        } else {
            self = .prices(
                tokensIn: try object.digest("tokens_in"),
                tokensOut: try object.digest("tokens_out"),
                prices: try object.digest("prices")
            )
        }
        try object.finish()
    }

    package var blobs: [Digest] {
        switch self {
        case .tensor(let digest): [digest]
        case .prices(let tokensIn, let tokensOut, let prices): [tokensIn, tokensOut, prices]
        }
    }
}
