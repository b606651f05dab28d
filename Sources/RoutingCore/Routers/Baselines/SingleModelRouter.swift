import Catalog
import RouteGridBase
import RoutingData
import Scoring

/// The router that sends every query to one model.
struct SingleModelRouter: CappedRouter {
    enum Choice {
        /// One model, whatever the rows.
        case model(Int)
        /// The best mean quality of the rows asked about, first on ties (compat: the peers fit these on the test part).
        case strongestOfRows
        /// The lowest mean cost of the rows asked about, first on ties.
        case cheapestOfRows
    }

    let choice: Choice
    /// Sound: the means of the train part.
    private let ranking: PoolRanking?
    /// Whether a budget may choose another model.
    private let isAdaptive: Bool

    init(_ choice: Choice, ranking: PoolRanking? = nil, isAdaptive: Bool = false) {
        (self.choice, self.ranking, self.isAdaptive) = (choice, ranking, isAdaptive)
    }

    private static func ranking(_ request: FitRequest) -> PoolRanking {
        PoolRanking(request.table, rows: request.parts.train, minimum: request.minCoverage)
    }

    /// The model of highest mean quality.
    ///
    /// Sound: of the train part, the cheaper of equals; under a budget the best of the models that it affords. Compat:
    /// of the rows asked about, the first of equals.
    static func strongest(_ request: FitRequest) -> SingleModelRouter {
        guard request.mode == .sound else { return SingleModelRouter(.strongestOfRows) }
        let ranking = ranking(request)
        return SingleModelRouter(.model(ranking.strongest), ranking: ranking, isAdaptive: true)
    }

    /// The model of lowest mean cost.
    ///
    /// Sound: of the train part, the better of equals. Compat: of the rows asked about, the first of equals.
    static func cheapest(_ request: FitRequest) -> SingleModelRouter {
        guard request.mode == .sound else { return SingleModelRouter(.cheapestOfRows) }
        let ranking = ranking(request)
        return SingleModelRouter(.model(ranking.cheapest), ranking: ranking)
    }

    /// The model with the name of parameter `model`.
    static func named(_ request: FitRequest) throws -> SingleModelRouter {
        let name = try TypedParameters(request.router).text("model")
        guard let index = request.table.models.firstIndex(of: name) else {
            throw RouteGridError.badInput(
                "router fixed",
                "parameter \"model\": no model \"\(name)\" in the pool\(NearestName.hint(name, in: request.table.models))"
            )
        }
        return SingleModelRouter(.model(index), ranking: request.mode == .sound ? ranking(request) : nil)
    }

    func capped(at limit: Double) -> CappedPolicy? {
        guard let ranking, case .model(let fitted) = choice else { return nil }
        let model = isAdaptive ? ranking.strongest(among: ranking.affordable(within: limit)) : fitted
        let known = ranking.cost.filter { !$0.isNaN }.max() ?? 0
        return CappedPolicy(
            router: SingleModelRouter(.model(model)),
            plannedCost: ranking.cost[model].isNaN ? known : ranking.cost[model]
        )
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput {
        let model: Int
        switch choice {
        case .model(let index): model = index
        case .strongestOfRows:
            model = firstMaximum(table.filledWithColumnMeans().quality.columnMeans(over: rows))
        case .cheapestOfRows:
            model = firstMaximum(table.filledWithColumnMeans().cost.columnMeans(over: rows).map { -$0 })
        }
        return .policies([[Int](repeating: model, count: rows.count)])
    }
}

extension SingleModelRouter {
    static let kinds = [
        RouterKind("best-single", file: .read { try SingleModelRouter($0) }) { SingleModelRouter.strongest($0) },
        RouterKind("strongest", file: .read { try SingleModelRouter($0) }) { SingleModelRouter.strongest($0) },
        RouterKind("cheapest", file: .read { try SingleModelRouter($0) }) { SingleModelRouter.cheapest($0) },
        RouterKind("fixed", file: .read { try SingleModelRouter($0) }) { try SingleModelRouter.named($0) },
    ]
}
