import RouteGridBase

/// Dense layers one after the other, each optionally rectified (ReLU), and where their parameters lie in a flat vector.
///
/// Layer l maps widths[l] to widths[l + 1] by y = x Wᵀ + b; W `[outputs, inputs]` row by row, then b, layer after
/// layer.
struct PerceptronShape: Hashable, Sendable {
    /// From the features to the outputs.
    let widths: [Int]
    /// Whether a layer's output is cut at 0, one entry a layer.
    let rectifies: [Bool]
    /// Where each layer's weights start.
    private let starts: [Int]
    let parameterCount: Int

    init(widths: [Int], rectifies: [Bool]) {
        precondition(widths.count > 1 && rectifies.count == widths.count - 1, "a layer joins two widths")
        self.widths = widths
        self.rectifies = rectifies
        var (starts, next) = ([Int](), 0)
        for layer in rectifies.indices {
            starts.append(next)
            next += widths[layer + 1] * (widths[layer] + 1)
        }
        self.starts = starts
        parameterCount = next
    }

    /// Hidden layers that are rectified, then outputs that are not.
    init(inputs: Int, hidden: [Int], outputs: Int) {
        self.init(widths: [inputs] + hidden + [outputs], rectifies: hidden.map { _ in true } + [false])
    }

    var layerCount: Int { rectifies.count }
    var inputs: Int { widths[0] }
    var outputs: Int { widths[widths.count - 1] }

    func weights(_ layer: Int) -> Int { starts[layer] }
    func biases(_ layer: Int) -> Int { starts[layer] + widths[layer] * widths[layer + 1] }

    /// First parameters: every layer as ``InitialWeights/dense(inputs:outputs:using:)``.
    func initialParameters(using generator: inout Xoshiro256) -> [Float] {
        var parameters: [Float] = []
        parameters.reserveCapacity(parameterCount)
        for layer in 0..<layerCount {
            parameters += InitialWeights.dense(inputs: widths[layer], outputs: widths[layer + 1], using: &generator)
        }
        return parameters
    }
}
