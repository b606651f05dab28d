import Catalog
import Foundation
import RouteGridBase
import RoutingData

/// Which kinds can be written, how each is read back, and why the others cannot.
enum ExportedRouters {
    private typealias Read = @Sendable (FitReader) throws -> any FittedRouter

    private static let readers: [String: Read] = [
        "linear": { try RegressionRouter($0) },
        "linearmf": { try RegressionRouter($0) },
        "kmeans": { try ClusterRouter($0) },
        "kmeansnew": { try ClusterRouter($0) },
        "knn": { try NearestNeighboursRouter($0) },
        "mlp": { try PerceptronRouter($0) },
        "mlpmf": { try PerceptronRouter($0) },
        "softmax": { try ScaledScoreRouter($0) },
        "ovr": { try ScaledScoreRouter($0) },
        "mlp-soft": { try ScaledScoreRouter($0) },
    ]

    static let kinds: [String] = readers.keys.sorted()

    private static let refusals: [String: String] = [
        "oracle": "it reads the outcomes of the queries, which nobody has beforehand",
        "recorded": "it repeats choices that were made for the dataset's own queries",
        "random": "it draws a model for each query of a batch; there is nothing fitted to write",
        "random-mix": "it shares out a batch by lot; there is nothing fitted that reads a query",
        "best-single": "it sends every query to one model, which the board names",
        "strongest": "it sends every query to one model, which the board names",
        "cheapest": "it sends every query to one model, which the board names",
        "fixed": "it sends every query to one model, which its parameter names",
        "strongest-per-dataset": "it reads the name of a query's dataset and no embedding",
    ]

    /// Why a fit cannot be written; nil when it can.
    static func refusal(_ kind: String, mode: EvaluationMode, modality: Modality?, fusion: String?) -> String? {
        guard readers[kind] != nil else { return refusals[kind] ?? "this build does not write its state yet" }
        if modality == .both, fusion == "adaptive" || kind == "kmeansnew" {
            return "adaptive fusion keeps statistics of the train part that this build does not write yet"
        }
        guard mode == .compat, kind == "kmeansnew" else { return nil }
        return "in mode compat it reads both modalities whatever it is given"
    }

    static func read(_ reader: FitReader) throws -> any FittedRouter {
        guard let read = readers[reader.kind] else {
            throw reader.failure("router kind \"\(reader.kind)\": expected one of \(kinds.joined(separator: ", "))")
        }
        return try read(reader)
    }
}

extension RegressionRouter: ExportableRouter {
    var featureMap: FeatureMap { features }

    func write(to writer: inout FitWriter) { writer.add(model) }

    init(_ reader: FitReader) throws(RouteGridError) {
        self.init(features: reader.map, model: try reader.affine(targets: 2 * reader.modelCount))
    }
}

extension ClusterRouter: ExportableRouter {
    var featureMap: FeatureMap { features }

    func write(to writer: inout FitWriter) {
        writer.add("centres", clusters.centres)
        writer.add("representatives", representatives)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        let centres = try reader.doubles("centres", columns: reader.map.width)
        features = reader.map
        readsBothForImage = false
        clusters = NearestCentre(centres)
        representatives = try reader.doubles("representatives", rows: centres.rows, columns: 2 * reader.modelCount)
        trainLabels = []
    }
}

extension NearestNeighboursRouter: ExportableRouter {
    var featureMap: FeatureMap { features }

    func write(to writer: inout FitWriter) {
        writer.add("points", search.points)
        writer.add("targets", targets.values)
        writer.add("means", targets.means)
        writer.members["k"] = JSONValue(count)
        writer.members["metric"] = .string(search.metric.rawValue)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        let points = try reader.floats("points", columns: reader.map.width)
        guard let metric = reader.members["metric"]?.stringValue.flatMap(NeighbourMetric.init) else {
            throw reader.failure("metric: expected cosine or euclidean")
        }
        features = reader.map
        search = NeighbourSearch(points, metric: metric)
        let width = 2 * reader.modelCount
        targets = TrainTargets(
            values: try reader.doubles("targets", rows: points.rows, columns: width),
            means: try reader.vector("means", count: width)
        )
        count = try reader.integer("k", in: 1...max(points.rows, 1))
        mode = reader.mode
        isComplete = !targets.values.elements.contains { $0.isNaN }
    }
}

extension PerceptronRouter: ExportableRouter {
    var featureMap: FeatureMap { features }

    func write(to writer: inout FitWriter) {
        writer.add(quality, "quality")
        writer.add(cost, "cost")
        writer.add("cost_scale", [targets.costScale])
        var standIns = [Double](repeating: .nan, count: quality.shape.outputs)
        for (model, cost) in targets.unmeasured { standIns[model] = cost }
        writer.add("unmeasured_cost", standIns)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        let standIns = try reader.vector("unmeasured_cost", count: reader.modelCount)
        features = reader.map
        targets = RegressionTargets(
            costScale: try reader.vector("cost_scale", count: 1)[0],
            unmeasured: standIns.enumerated().filter { !$0.element.isNaN }.map { (model: $0.offset, cost: $0.element) },
            models: reader.modelCount
        )
        quality = try reader.network("quality")
        cost = try reader.network("cost")
    }
}

/// Scores of scaled features, read from a file: `softmax`, `ovr`, `mlp-soft`.
struct ScaledScoreRouter: FittedRouter {
    private enum Head {
        case logits(AffineModel)
        case probabilities(AffineModel)
        case network(Perceptron)
    }

    private let map: FeatureMap
    private let scaler: FeatureScaler
    private let head: Head

    init(_ reader: FitReader) throws(RouteGridError) {
        map = reader.map
        scaler = try reader.scaler()
        switch reader.kind {
        case "softmax": head = .logits(try reader.affine(targets: reader.modelCount))
        case "ovr": head = .probabilities(try reader.affine(targets: reader.modelCount))
        default: head = .network(try reader.network("network"))
        }
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        var features = try map.features(for: rows, of: table, modality: modality)
        scaler.standardise(&features)
        switch head {
        case .logits(let model): return .scores(model(features))
        case .probabilities(let model): return .scores(OneVersusRestRouter.probabilities(model(features)))
        case .network(let network): return .scores(network(features))
        }
    }
}

extension LinearScoreRouter: ExportableRouter {
    var featureMap: FeatureMap { train.map }

    func write(to writer: inout FitWriter) {
        writer.add(train.scaler)
        writer.add(model)
    }
}

extension OneVersusRestRouter: ExportableRouter {
    var featureMap: FeatureMap { train.map }

    func write(to writer: inout FitWriter) {
        writer.add(train.scaler)
        writer.add(model)
    }
}

extension SoftPerceptronRouter: ExportableRouter {
    var featureMap: FeatureMap { train.map }

    func write(to writer: inout FitWriter) {
        writer.add(train.scaler)
        writer.add(network, "network")
    }
}
