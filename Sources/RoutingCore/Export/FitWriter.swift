import RouteGridBase
import RoutingData

/// Collects what a fitted router predicts with: tensors, and small facts as JSON.
struct FitWriter {
    var members: [String: JSONValue] = [:]
    private(set) var tensors: [String: Matrix<Double>] = [:]
    private(set) var floatTensors: [String: Matrix<Float>] = [:]

    mutating func add(_ name: String, _ matrix: Matrix<Double>) { tensors[name] = matrix }
    mutating func add(_ name: String, _ matrix: Matrix<Float>) { floatTensors[name] = matrix }
    /// A vector is a tensor of one row.
    mutating func add(_ name: String, _ vector: [Double]) {
        tensors[name] = Matrix(rows: 1, columns: vector.count, elements: vector)
    }

    mutating func add(_ model: AffineModel) {
        add("centre", model.centre)
        add("weights", model.weights)
        add("offset", model.offset)
    }

    mutating func add(_ scaler: FeatureScaler) {
        add("scaler.mean", scaler.mean)
        add("scaler.scale", scaler.scale)
    }

    mutating func add(_ layer: DenseLayer, _ parameters: ArraySlice<Float>, _ name: String) {
        let values = Array(parameters)
        let weights = layer.outputs * layer.inputs
        let matrix = Matrix(rows: layer.outputs, columns: layer.inputs, elements: Array(values[..<weights]))
        add("\(name).weight", matrix)
        add("\(name).bias", Matrix(rows: 1, columns: layer.outputs, elements: Array(values[weights...])))
    }

    mutating func add(_ targets: RegressionTargets) {
        add("cost_scale", [targets.costScale])
        var standIns = [Double](repeating: .nan, count: targets.quality.columns)
        for (model, cost) in targets.unmeasured { standIns[model] = cost }
        add("unmeasured_cost", standIns)
    }

    mutating func add(_ streams: RandomStreams) {
        members["streams"] = [
            "seed": JSONValue(streams.seed), "split": JSONValue(streams.splitIndex),
            "router": .string(streams.routerKind),
        ]
    }

    /// What fusion weighs by, where it was fitted.
    mutating func add(_ fusion: AdaptiveFusion) {
        for (name, statistics) in [("text", fusion.text), ("image", fusion.image)] {
            add("adaptive.\(name).mean", statistics.mean)
            add("adaptive.\(name).norm", [statistics.averageNorm, statistics.normDeviation])
        }
    }

    /// A tensor of weights `[outputs, inputs]` and one of biases for each layer, `NAME.0.weight` on.
    mutating func add(_ network: Perceptron, _ name: String) {
        let shape = network.shape
        for layer in 0..<shape.layerCount {
            let (inputs, outputs) = (shape.widths[layer], shape.widths[layer + 1])
            let (weights, biases) = (shape.weights(layer), shape.biases(layer))
            let values = Array(network.parameters[weights..<weights + inputs * outputs])
            add("\(name).\(layer).weight", Matrix(rows: outputs, columns: inputs, elements: values))
            let bias = Array(network.parameters[biases..<biases + outputs])
            add("\(name).\(layer).bias", Matrix(rows: 1, columns: outputs, elements: bias))
        }
        members[name] = ["rectifies": .array(shape.rectifies.map { .bool($0) })]
    }
}
