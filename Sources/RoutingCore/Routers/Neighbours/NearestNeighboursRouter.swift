import CKernels
import Catalog
import RouteGridBase
import RoutingData

/// Router `knn`: a model's predicted quality and cost are its plain means over the k nearest train rows.
///
/// Missing outcomes are left out of the means (a model that none of the neighbours measured takes its train mean).
/// - Reference: MMR-Bench (arXiv 2601.17814), scikit-learn's `NearestNeighbors` with k = 50, cosine.
struct NearestNeighboursRouter: FittedRouter {
    let features: FeatureMap
    let search: NeighbourSearch
    let targets: TrainTargets
    let count: Int
    let mode: EvaluationMode
    /// Whether no train outcome is missing.
    let isComplete: Bool

    /// - Throws: ``RouteGridError`` `badInput` when k is larger than the train part.
    init(_ request: FitRequest) throws {
        let parameters = TypedParameters(request.router)
        count = try parameters.integer("k")
        let rows = request.parts.train
        guard 1...rows.count ~= count else {
            throw RouteGridError.badInput(
                "router knn",
                "parameter \"k\": \(count) neighbours, but the train part has \(rows.count) rows: expected 1…\(rows.count)"
            )
        }
        features = try FeatureMap(request)
        search = NeighbourSearch(
            try features.features(for: rows, of: request.table),
            metric: try parameters.choice("metric")
        )
        targets = TrainTargets(request)
        mode = request.mode
        isComplete = !targets.values.elements.contains { $0.isNaN }
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        let queries = try features.features(for: rows, of: table, modality: modality)
        let width = targets.values.columns
        var result = Matrix<Double>(repeating: 0, rows: rows.count, columns: width)
        result.elements.withUnsafeMutableBufferPointer { out in
            targets.values.elements.withUnsafeBufferPointer { values in
                func mean(_ query: Int, _ neighbours: UnsafeBufferPointer<Int32>) {
                    let sums = UnsafeMutableBufferPointer(rebasing: out[query * width..<(query + 1) * width])
                    if isComplete {
                        Self.mean(neighbours, values, into: sums)
                    } else {
                        Self.maskedMean(neighbours, values, standIn: targets.means, into: sums)
                    }
                }
                switch mode {
                case .sound: search.forEach(queries, nearest: count, mean)
                case .compat:
                    // The peer adds from the nearest on; which costs come out equal hangs on that order.
                    search.forEachRanked(queries, nearest: count, mean)
                }
            }
        }
        return TrainTargets.output(result)
    }

    private static func mean(
        _ neighbours: UnsafeBufferPointer<Int32>,
        _ values: UnsafeBufferPointer<Double>,
        into sums: UnsafeMutableBufferPointer<Double>
    ) {
        guard let values = values.baseAddress, let rows = neighbours.baseAddress, let means = sums.baseAddress else {
            return
        }
        ck_mean_of_rows(values, sums.count, rows, neighbours.count, means)
    }

    private static func maskedMean(
        _ neighbours: UnsafeBufferPointer<Int32>,
        _ values: UnsafeBufferPointer<Double>,
        standIn: [Double],
        into sums: UnsafeMutableBufferPointer<Double>
    ) {
        for target in sums.indices {
            var (sum, known) = (0.0, 0.0)
            for neighbour in neighbours {
                let value = values[Int(neighbour) * sums.count + target]
                if !value.isNaN {
                    sum += value
                    known += 1
                }
            }
            sums[target] = known > 0 ? sum / known : standIn[target]
        }
    }
}

extension NearestNeighboursRouter {
    static let kinds = [
        RouterKind("knn", file: .read { try NearestNeighboursRouter($0) }) { try NearestNeighboursRouter($0) }
    ]
}
