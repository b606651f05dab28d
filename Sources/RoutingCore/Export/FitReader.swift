import Catalog
import RouteGridBase
import RoutingData

/// Reads what ``FitWriter`` collected; every shape is checked against what the file says of itself.
struct FitReader {
    let file: Safetensors
    let members: JSONValue
    let map: FeatureMap
    let mode: EvaluationMode
    let kind: String
    let models: [String]
    /// Runs the program of an `exec` router; nil where none is allowed.
    let programs: (any RouterPrograms)?

    var modelCount: Int { models.count }

    /// - Throws: `badInput` when the tensor is absent or of another type or shape; nil fits every extent above 0.
    func doubles(_ name: String, rows: Int? = nil, columns: Int? = nil) throws(RouteGridError) -> Matrix<Double> {
        let matrix = try file.doubles(name)
        try check(name, (matrix.rows, matrix.columns), (rows, columns))
        return matrix
    }

    /// - Throws: as ``doubles(_:rows:columns:)``.
    func floats(_ name: String, rows: Int? = nil, columns: Int? = nil) throws(RouteGridError) -> Matrix<Float> {
        let matrix = try file.floats(name)
        try check(name, (matrix.rows, matrix.columns), (rows, columns))
        return matrix
    }

    func vector(_ name: String, count: Int) throws(RouteGridError) -> [Double] {
        try doubles(name, rows: 1, columns: count).elements
    }

    func affine(targets: Int) throws(RouteGridError) -> AffineModel {
        AffineModel(
            centre: try vector("centre", count: map.width),
            weights: try doubles("weights", rows: map.width, columns: targets),
            offset: try vector("offset", count: targets)
        )
    }

    func scaler() throws(RouteGridError) -> FeatureScaler {
        FeatureScaler(
            mean: try vector("scaler.mean", count: map.width),
            scale: try vector("scaler.scale", count: map.width)
        )
    }

    func scaledFeatures() throws(RouteGridError) -> ScaledFeatures { ScaledFeatures(map: map, scaler: try scaler()) }

    /// Weights, then biases, of a dense layer on the features.
    func dense(_ name: String, outputs: Int) throws(RouteGridError) -> [Float] {
        let weights = try floats("\(name).weight", rows: outputs, columns: map.width)
        return weights.elements + (try floats("\(name).bias", rows: 1, columns: outputs).elements)
    }

    func regressionTargets() throws(RouteGridError) -> RegressionTargets {
        let standIns = try vector("unmeasured_cost", count: modelCount)
        return RegressionTargets(
            costScale: try vector("cost_scale", count: 1)[0],
            unmeasured: standIns.enumerated().filter { !$0.element.isNaN }.map { (model: $0.offset, cost: $0.element) },
            models: modelCount
        )
    }

    func streams() throws(RouteGridError) -> RandomStreams {
        let streams = members["streams"]
        guard let seed = streams?["seed"]?.integerValue, let split = streams?["split"]?.integerValue,
            let router = streams?["router"]?.stringValue
        else { throw failure("streams: expected seed, split and router") }
        return RandomStreams(seed: seed, splitIndex: split, routerKind: router)
    }

    func network(_ name: String) throws(RouteGridError) -> Perceptron {
        let flags = members[name]?["rectifies"]?.arrayValue ?? []
        guard !flags.isEmpty else { throw failure("\(name): expected a network's layers") }
        var widths = [map.width]
        var parameters: [Float] = []
        for layer in flags.indices {
            let isLast = layer == flags.count - 1
            let weights = try floats(
                "\(name).\(layer).weight",
                rows: isLast ? modelCount : nil,
                columns: widths[layer]
            )
            parameters += weights.elements
            parameters += try floats("\(name).\(layer).bias", rows: 1, columns: weights.rows).elements
            widths.append(weights.rows)
        }
        return Perceptron(
            shape: PerceptronShape(widths: widths, rectifies: flags.map { $0 == true }),
            parameters: parameters
        )
    }

    /// - Throws: `badInput` when the member is absent or outside `range`.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(RouteGridError) -> Int {
        guard let value = members[name]?.integerValue, range.contains(value) else {
            throw failure("\(name): expected a whole number in \(range.lowerBound)…\(range.upperBound)")
        }
        return value
    }

    func failure(_ text: String) -> RouteGridError { .badInput(file.place, text) }

    private func check(
        _ name: String,
        _ found: (rows: Int, columns: Int),
        _ wanted: (rows: Int?, columns: Int?)
    ) throws(RouteGridError) {
        guard found.rows == wanted.rows ?? max(found.rows, 1), found.columns == wanted.columns ?? max(found.columns, 1)
        else {
            let text = [wanted.rows, wanted.columns].map { $0.map(String.init) ?? "any" }.joined(separator: " × ")
            throw failure("tensor \"\(name)\": expected \(text), found \(found.rows) × \(found.columns)")
        }
    }
}
