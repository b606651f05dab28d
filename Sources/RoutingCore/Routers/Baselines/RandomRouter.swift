import RouteGridBase
import RouterCatalog
import RoutingData

/// A model drawn uniformly for each query, several times over: parameter `trials` operating points.
///
/// Compat draws as MMR-Bench does: `trials` calls of `integers(0, K, n)` on one `numpy.random.default_rng(42)`.
struct RandomRouter: FittedRouter {
    private let trials: Int
    private let modelCount: Int
    private let mode: EvaluationMode
    private let streams: RandomStreams

    init(_ request: FitRequest) throws {
        trials = try TypedParameters(request.router).integer("trials")
        modelCount = request.table.models.count
        mode = request.mode
        streams = request.streams
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput {
        switch mode {
        case .compat:
            var generator = NumpyGenerator(seed: 42)
            return .policies((0..<trials).map { _ in rows.map { _ in generator.integer(below: modelCount) } })
        case .sound:
            var generator = streams.stream("trials")
            return .policies((0..<trials).map { _ in rows.map { _ in generator.below(modelCount) } })
        }
    }
}
