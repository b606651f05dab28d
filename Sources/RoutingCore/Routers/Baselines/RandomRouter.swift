import Catalog
import RouteGridBase
import RoutingData
import Scoring

/// A model drawn uniformly for each query, several times over: parameter `trials` operating points.
///
/// Under a listed budget one draw among the models that it affords. Compat draws as MMR-Bench does: `trials` calls of
/// `integers(0, K, n)` on one `numpy.random.default_rng(42)`.
struct RandomRouter: CappedRouter {
    let trials: Int
    let modelCount: Int
    let mode: EvaluationMode
    let streams: RandomStreams
    /// Sound: the means of the train part.
    private let ranking: PoolRanking?
    /// The models drawn among; nil for all.
    let models: [Int]?

    init(_ request: FitRequest) throws {
        trials = try TypedParameters(request.router).integer("trials")
        modelCount = request.table.models.count
        mode = request.mode
        streams = request.streams
        models = nil
        ranking =
            mode == .sound
            ? PoolRanking(request.table, rows: request.parts.train, minimum: request.minCoverage) : nil
    }

    /// A router that was written; `ranking` is only for budgets, which it then does not take.
    init(trials: Int, modelCount: Int, mode: EvaluationMode, streams: RandomStreams, models: [Int]?) {
        (self.trials, self.modelCount, self.mode, self.streams) = (trials, modelCount, mode, streams)
        (ranking, self.models) = (nil, models)
    }

    private init(one router: RandomRouter, among models: [Int]) {
        (trials, modelCount, mode, streams) = (1, models.count, router.mode, router.streams)
        (ranking, self.models) = (nil, models)
    }

    func capped(at limit: Double) -> CappedPolicy? {
        guard let ranking else { return nil }
        let models = ranking.affordable(within: limit)
        let costs = models.map { ranking.cost[$0] }.filter { !$0.isNaN }
        return CappedPolicy(
            router: RandomRouter(one: self, among: models),
            plannedCost: costs.isEmpty ? 0 : costs.reduce(0, +) / Double(costs.count)
        )
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput {
        switch mode {
        case .compat:
            var generator = NumpyGenerator(seed: 42)
            return .policies((0..<trials).map { _ in rows.map { _ in generator.integer(below: modelCount) } })
        case .sound:
            var generator = streams.stream("trials")
            return .policies(
                (0..<trials).map { _ in
                    rows.map { _ in
                        let drawn = generator.below(modelCount)
                        return models?[drawn] ?? drawn
                    }
                }
            )
        }
    }
}

extension RandomRouter {
    static let kinds = [
        RouterKind("random", file: .read { try RandomRouter($0) }) { try RandomRouter($0) }
    ]
}
