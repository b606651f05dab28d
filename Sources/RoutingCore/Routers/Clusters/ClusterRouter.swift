import Catalog
import RouteGridBase
import RoutingData

/// Routers `kmeans` and `kmeansnew`: a query takes the mean quality and cost of its nearest cluster of train rows.
///
/// `kmeansnew` is the same on ``AdaptiveFusion``; in mode `compat` its mode digit 3 (image alone) reads both, as the
/// peer's code does. Missing outcomes are left out of a cluster's means; a cluster without
/// any takes the train means.
/// - Reference: MMR-Bench (arXiv 2601.17814), scikit-learn's `KMeans`.
struct ClusterRouter: FittedRouter {
    let features: FeatureMap
    let readsBothForImage: Bool
    let clusters: NearestCentre
    /// `[clusters, 2K]`.
    let representatives: Matrix<Double>
    /// The cluster of each train row.
    let trainLabels: [Int32]

    /// Finds the clusters; `adaptive` brings adaptive fusion along (`kmeansnew`).
    ///
    /// - Throws: ``RouteGridError`` `badInput` when there are more clusters than train rows.
    init(_ request: FitRequest, adaptive: Bool) throws {
        let parameters = TypedParameters(request.router)
        let count = try parameters.integer("clusters")
        let rows = request.parts.train
        guard 1...rows.count ~= count else {
            throw RouteGridError.badInput(
                "router \(request.router.kind)",
                "parameter \"clusters\": \(count), but the train part has \(rows.count) rows: expected 1…\(rows.count)"
            )
        }
        let request = Self.readingBoth(request, adaptive: adaptive)
        let map = try FeatureMap(request, fusion: adaptive ? .adaptive : nil)
        let points = try map.features(for: rows, of: request.table)
        var generator = request.streams.stream("kmeans++")
        let centres = KMeans(clusters: count, iterations: try parameters.integer("iterations"))
            .centres(of: points, using: &generator)
        self.init(request, adaptive: adaptive, map: map, points: points, centres: centres)
    }

    /// The router with centres that are given, `[clusters, width]`.
    init(_ request: FitRequest, adaptive: Bool, centres: Matrix<Double>) throws {
        let request = Self.readingBoth(request, adaptive: adaptive)
        let map = try FeatureMap(request, fusion: adaptive ? .adaptive : nil)
        let points = try map.features(for: request.parts.train, of: request.table)
        self.init(request, adaptive: adaptive, map: map, points: points, centres: centres)
    }

    private static func readingBoth(_ request: FitRequest, adaptive: Bool) -> FitRequest {
        guard adaptive, request.mode == .compat, request.modality == .image else { return request }
        var request = request
        request.modality = .both
        return request
    }

    private init(
        _ request: FitRequest,
        adaptive: Bool,
        map: FeatureMap,
        points: Matrix<Float>,
        centres: Matrix<Double>
    ) {
        features = map
        readsBothForImage = adaptive && request.mode == .compat
        clusters = NearestCentre(centres)
        let labels = clusters.labels(of: points)
        trainLabels = labels
        let targets = TrainTargets(request)
        var sums = Matrix<Double>(repeating: 0, rows: centres.rows, columns: targets.values.columns)
        var counts = sums
        sums.elements.withUnsafeMutableBufferPointer { sums in
            counts.elements.withUnsafeMutableBufferPointer { counts in
                targets.values.elements.withUnsafeBufferPointer { values in
                    let width = targets.values.columns
                    for (row, label) in labels.enumerated() {
                        for target in 0..<width where !values[row * width + target].isNaN {
                            sums[Int(label) * width + target] += values[row * width + target]
                            counts[Int(label) * width + target] += 1
                        }
                    }
                }
            }
        }
        for cluster in 0..<centres.rows {
            for target in 0..<sums.columns {
                let known = counts[cluster, target]
                sums[cluster, target] = known > 0 ? sums[cluster, target] / known : targets.means[target]
            }
        }
        representatives = sums
    }

    /// The cluster of each of some rows.
    func labels(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> [Int32] {
        let asked = readsBothForImage && modality == .image ? .both : modality
        return clusters.labels(of: try features.features(for: rows, of: table, modality: asked))
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        TrainTargets.output(representatives.rows(try labels(for: rows, of: table, modality: modality).map(Int.init)))
    }
}

extension ClusterRouter {
    static let kinds = [
        RouterKind("kmeans", file: .read { try ClusterRouter($0) }) { try ClusterRouter($0, adaptive: false) },
        RouterKind("kmeansnew", file: .read { try ClusterRouter($0) }) { try ClusterRouter($0, adaptive: true) },
    ]
}
