import Catalog
import RouteGridBase
import RoutingData

// Routers that score models on scaled features.

extension LinearScoreRouter: ExportableRouter {
    var featureMap: FeatureMap { features.map }

    func write(to writer: inout FitWriter) {
        writer.add(features.scaler)
        writer.add(model)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        self.init(features: try reader.scaledFeatures(), model: try reader.affine(targets: reader.modelCount))
    }
}

extension OneVersusRestRouter: ExportableRouter {
    var featureMap: FeatureMap { features.map }

    func write(to writer: inout FitWriter) {
        writer.add(features.scaler)
        writer.add(model)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        features = try reader.scaledFeatures()
        model = try reader.affine(targets: reader.modelCount)
    }
}

extension SoftPerceptronRouter: ExportableRouter {
    var featureMap: FeatureMap { features.map }

    func write(to writer: inout FitWriter) {
        writer.add(features.scaler)
        writer.add(network, "network")
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        features = try reader.scaledFeatures()
        network = try reader.network("network")
    }
}

extension PrototypeRouter: ExportableRouter {
    var featureMap: FeatureMap { features.map }

    func write(to writer: inout FitWriter) {
        writer.add(features.scaler)
        writer.add(prototypes)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        features = try reader.scaledFeatures()
        prototypes = try reader.affine(targets: reader.modelCount)
    }
}

extension NeighbourLabelRouter: ExportableRouter {
    var featureMap: FeatureMap { features.map }

    func write(to writer: inout FitWriter) {
        writer.add(features.scaler)
        writer.add("points", search.points)
        writer.add("labels", labels.map(Double.init))
        writer.members["k"] = JSONValue(count)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        let points = try reader.floats("points", columns: reader.map.width)
        let numbers = try reader.vector("labels", count: points.rows)
        labels = numbers.compactMap(Int.init(exactly:)).filter { (0..<reader.modelCount).contains($0) }
        guard labels.count == points.rows else { throw reader.failure("labels: expected model numbers") }
        features = try reader.scaledFeatures()
        search = NeighbourSearch(points, metric: .cosine)
        count = try reader.integer("k", in: 1...points.rows)
    }
}

extension PairwiseNeighbourRouter: ExportableRouter {
    var featureMap: FeatureMap { features.map }

    func write(to writer: inout FitWriter) {
        writer.add(features.scaler)
        writer.add("points", search.points)
        writer.add("wins", wins)
        writer.members["k"] = JSONValue(count)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        let points = try reader.floats("points", columns: reader.map.width)
        features = try reader.scaledFeatures()
        search = NeighbourSearch(points, metric: .cosine)
        wins = try reader.doubles("wins", rows: points.rows, columns: reader.modelCount)
        count = try reader.integer("k", in: 1...points.rows)
    }
}

extension FrozenRouter: ExportableRouter {
    var featureMap: FeatureMap { features.map }

    func write(to writer: inout FitWriter) {
        writer.add(features.scaler)
        head.write(parameters, to: &writer)
    }
}

extension LinearHead {
    func write(_ parameters: [Float], to writer: inout FitWriter) { writer.add(layer, parameters[...], "head") }

    static func read(_ reader: FitReader) throws(RouteGridError) -> any FittedRouter {
        let layer = DenseLayer(inputs: reader.map.width, outputs: reader.modelCount)
        return FrozenRouter(
            features: try reader.scaledFeatures(),
            head: LinearHead(layer: layer, dropout: 0),
            parameters: try reader.dense("head", outputs: layer.outputs)
        )
    }
}

extension CosineHead {
    func write(_ parameters: [Float], to writer: inout FitWriter) {
        let (start, width) = (projection.parameterCount, projection.outputs)
        writer.add(projection, parameters[..<start], "projection")
        let vectors = Array(parameters[start..<start + models * width])
        writer.add("model_vectors", Matrix(rows: models, columns: width, elements: vectors))
        writer.add("log_scale", Matrix(rows: 1, columns: 1, elements: [parameters[parameterCount - 1]]))
    }

    static func read(_ reader: FitReader) throws(RouteGridError) -> any FittedRouter {
        let vectors = try reader.floats("model_vectors", rows: reader.modelCount)
        let projection = try reader.dense("projection", outputs: vectors.columns)
        return FrozenRouter(
            features: try reader.scaledFeatures(),
            head: CosineHead(
                projection: DenseLayer(inputs: reader.map.width, outputs: vectors.columns),
                models: reader.modelCount,
                loss: .labels
            ),
            parameters: projection + vectors.elements + (try reader.floats("log_scale", rows: 1, columns: 1).elements)
        )
    }
}
