import Catalog
import RouteGridBase

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
        "cmr": { try CrossModalRouter($0) },
        "softmax": { try LinearScoreRouter($0) },
        "ovr": { try OneVersusRestRouter($0) },
        "mlp-soft": { try SoftPerceptronRouter($0) },
        "knn-label": { try NeighbourLabelRouter($0) },
        "prknn": { try PairwiseNeighbourRouter($0) },
        "prototype": { try PrototypeRouter($0) },
        "cosinecls-frozen": { try CosineHead.read($0) },
        "routerdc-frozen": { try CosineHead.read($0) },
        "zooter-frozen": { try LinearHead.read($0) },
        "vlc-frozen": { try LinearHead.read($0) },
        "best-single": { try SingleModelRouter($0) },
        "strongest": { try SingleModelRouter($0) },
        "cheapest": { try SingleModelRouter($0) },
        "fixed": { try SingleModelRouter($0) },
        "random": { try RandomRouter($0) },
        "random-mix": { try RandomMixRouter($0) },
    ]

    static let kinds: [String] = readers.keys.sorted()

    private static let refusals: [String: String] = [
        "oracle": "it reads the outcomes of the queries, which nobody has beforehand",
        "recorded": "it repeats choices that were made for the dataset's own queries",
        "exec": "it is a program of yours, which keeps its own fit: run the program",
        "strongest-per-dataset": "it reads the name of a query's dataset and no embedding",
    ]

    /// Why a fit cannot be written; nil when it can.
    static func refusal(_ kind: String, mode: EvaluationMode, modality: Modality?, fusion: String?) -> String? {
        guard readers[kind] != nil else { return refusals[kind] ?? "this build does not write its state yet" }
        guard mode == .compat else { return nil }
        if ["best-single", "strongest", "cheapest"].contains(kind) {
            return "in mode compat it is fitted on the very queries that it is asked about"
        }
        if kind == "kmeansnew" || (modality == .both && fusion == "adaptive") {
            return "in mode compat adaptive fusion reads statistics of all queries that are asked about at once"
        }
        return nil
    }

    static func read(_ reader: FitReader) throws -> any FittedRouter {
        guard let read = readers[reader.kind] else {
            throw reader.failure("router kind \"\(reader.kind)\": expected one of \(kinds.joined(separator: ", "))")
        }
        return try read(reader)
    }
}
