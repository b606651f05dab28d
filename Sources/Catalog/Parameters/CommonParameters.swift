import RouteGridBase

/// Parameters and ranges that several routers share.
extension RouterCatalog {
    static let nonNegative = ParameterDescriptor.Domain.number(0...Double.greatestFiniteMagnitude)
    static let positive = ParameterDescriptor.Domain.number(
        Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
    )

    /// Epochs, batch size and learning rate of a trained router.
    static func training(epochs: Int, batch: Int, rate: Double) -> [ParameterDescriptor] {
        [
            ParameterDescriptor("epochs", .integer(1...1_000_000), default: JSONValue(epochs), "passes over train"),
            ParameterDescriptor("batch", .integer(1...1_000_000), default: JSONValue(batch), "rows a step"),
            ParameterDescriptor("lr", positive, default: .double(rate), "learning rate"),
        ]
    }

    static func hidden(_ widths: [Int]) -> ParameterDescriptor {
        let widths = JSONValue.array(widths.map { JSONValue($0) })
        return ParameterDescriptor("hidden", .integers(1...1_048_576), default: widths, "widths of the hidden layers")
    }

    static func dropout(_ share: Double) -> ParameterDescriptor {
        ParameterDescriptor("dropout", .number(0...0.999), default: .double(share), "share of units left out")
    }

    static func weightDecay(_ value: Double) -> ParameterDescriptor {
        ParameterDescriptor("weight_decay", nonNegative, default: .double(value), "of the optimiser")
    }

    static func patience(_ epochs: Int) -> ParameterDescriptor {
        ParameterDescriptor(
            "patience",
            .integer(1...1_000_000),
            default: JSONValue(epochs),
            "epochs without a better dev score before training stops"
        )
    }
}
