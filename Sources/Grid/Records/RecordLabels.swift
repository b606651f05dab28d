package import RouteGridBase

/// What a record shows and no key hashes: names that a grid gave to things which keys know by content.
package struct RecordLabels: Hashable, Sendable {
    /// The dataset's name in the grid.
    package var dataset: String
    /// The pool in words: `all`, `without gpt-5`, or its names joined by `+`.
    package var models: String
    /// The names of the encoders whose embeddings are read.
    package var textEncoder: String?
    package var imageEncoder: String?
    /// The price sheet's name, when there is one.
    package var prices: String?

    package init(
        dataset: String,
        models: String = "all",
        textEncoder: String? = nil,
        imageEncoder: String? = nil,
        prices: String? = nil
    ) {
        self.dataset = dataset
        self.models = models
        self.textEncoder = textEncoder
        self.imageEncoder = imageEncoder
        self.prices = prices
    }

    /// The members of a record's `job` that no hash covers.
    package static let names: Set<String> = ["dataset", "models", "encoder", "prices"]

    /// Whether a member's name, without its quotes, is one of them.
    static func isLabel(_ bytes: UnsafeRawBufferPointer, _ name: Range<Int>) -> Bool {
        switch name.count {
        case 6: RecordScan.equals(bytes, name, "models") || RecordScan.equals(bytes, name, "prices")
        case 7: RecordScan.equals(bytes, name, "dataset") || RecordScan.equals(bytes, name, "encoder")
        default: false
        }
    }

    package var json: JSONValue {
        var encoder: [String: JSONValue] = [:]
        if let textEncoder { encoder["text"] = .string(textEncoder) }
        if let imageEncoder { encoder["image"] = .string(imageEncoder) }
        return [
            "dataset": .string(dataset), "models": .string(models),
            "encoder": encoder.isEmpty ? .null : .object(encoder),
            "prices": prices.map { .string($0) } ?? .null,
        ]
    }
}
