import RouteGridBase

/// The sizes of a cross-modal transformer and where its parameters lie in one flat vector.
///
/// Parameters are found by the names that the peer's PyTorch module gives them; weights are `[outputs, inputs]`.
struct CrossModalShape: Sendable {
    let text: Int
    let image: Int
    /// Width of a token.
    let width: Int
    let heads: Int
    let layers: Int
    let feedforward: Int
    let models: Int
    private let places: [String: Range<Int>]
    /// Names in storage order.
    let names: [String]
    let parameterCount: Int

    init(text: Int, image: Int, width: Int, heads: Int, layers: Int, feedforward: Int, models: Int) {
        (self.text, self.image, self.width, self.heads) = (text, image, width, heads)
        (self.layers, self.feedforward, self.models) = (layers, feedforward, models)
        var (places, names, next) = ([String: Range<Int>](), [String](), 0)
        func add(_ name: String, _ count: Int) {
            places[name] = next..<next + count
            names.append(name)
            next += count
        }
        func dense(_ name: String, _ outputs: Int, _ inputs: Int) {
            add("\(name).weight", outputs * inputs)
            add("\(name).bias", outputs)
        }
        dense("proj_text", width, text)
        dense("proj_img", width, image)
        for layer in 0..<layers {
            let prefix = Self.prefix(layer)
            add("\(prefix).self_attn.in_proj_weight", 3 * width * width)
            add("\(prefix).self_attn.in_proj_bias", 3 * width)
            dense("\(prefix).self_attn.out_proj", width, width)
            for norm in ["norm1", "norm2"] {
                add("\(prefix).\(norm).weight", width)
                add("\(prefix).\(norm).bias", width)
            }
            dense("\(prefix).ff.0", feedforward, width)
            dense("\(prefix).ff.2", width, feedforward)
        }
        for head in ["head_perf", "head_cost"] {
            dense("\(head).0", width, width)
            dense("\(head).2", models, width)
        }
        (self.places, self.names, parameterCount) = (places, names, next)
    }

    static func prefix(_ layer: Int) -> String { "encoder.layers.\(layer)" }

    /// Where a parameter lies.
    func place(_ name: String) -> Range<Int> {
        guard let place = places[name] else { preconditionFailure("no parameter \(name)") }
        return place
    }

    /// How many rows the matrix of a parameter has: its layer's outputs, or 1 for a vector.
    func rows(_ name: String) -> Int {
        guard name.hasSuffix("weight"), !name.contains("norm") else { return 1 }
        return place(name.dropLast("weight".count) + "bias").count
    }

    /// First parameters, distributed as torch's modules draw theirs.
    ///
    /// Dense layers as ``InitialWeights``; attention inputs uniform in ±√(6/(4 width)) with biases 0 (Xavier); norms 1
    /// and 0.
    func initialParameters(using generator: inout Xoshiro256) -> [Float] {
        var parameters = [Float](repeating: 0, count: parameterCount)
        for name in names {
            let place = place(name)
            if name.hasSuffix("in_proj_weight") {
                let bound = (6 / Double(4 * width)).squareRoot()
                let draws = InitialWeights.uniform(place.count, bound: bound, using: &generator)
                parameters.replaceSubrange(place, with: draws)
            } else if name.contains("norm") {
                if name.hasSuffix("weight") { for index in place { parameters[index] = 1 } }
            } else if name.hasSuffix(".weight") {
                let outputs = self.place(name.dropLast("weight".count) + "bias").count
                let bound = 1 / Double(max(place.count / outputs, 1)).squareRoot()
                let bias = self.place(name.dropLast("weight".count) + "bias")
                parameters.replaceSubrange(
                    place,
                    with: InitialWeights.uniform(place.count, bound: bound, using: &generator)
                )
                if !name.contains("out_proj") {
                    parameters.replaceSubrange(
                        bias,
                        with: InitialWeights.uniform(bias.count, bound: bound, using: &generator)
                    )
                }
            }
        }
        return parameters
    }
}
