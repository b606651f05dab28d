import RouteGridBase
import RouterCatalog
import RoutingData

/// The router that sends every query to one model.
struct SingleModelRouter: FittedRouter {
    private enum Choice {
        /// One model, whatever the rows.
        case model(Int)
        /// The best mean quality of the rows asked about, first on ties (compat: the peers fit these on the test part).
        case strongestOfRows
        /// The lowest mean cost of the rows asked about, first on ties.
        case cheapestOfRows
    }

    private let choice: Choice

    private init(_ choice: Choice) { self.choice = choice }

    /// The model of highest mean quality.
    ///
    /// Sound: of the train part, the cheaper of equals. Compat: of the rows asked about, the first of equals.
    static func strongest(_ request: FitRequest) -> SingleModelRouter {
        guard request.mode == .sound else { return SingleModelRouter(.strongestOfRows) }
        return SingleModelRouter(.model(PoolRanking(request.table, rows: request.parts.train).strongest))
    }

    /// The model of lowest mean cost.
    ///
    /// Sound: of the train part, the better of equals. Compat: of the rows asked about, the first of equals.
    static func cheapest(_ request: FitRequest) -> SingleModelRouter {
        guard request.mode == .sound else { return SingleModelRouter(.cheapestOfRows) }
        return SingleModelRouter(.model(PoolRanking(request.table, rows: request.parts.train).cheapest))
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
        return SingleModelRouter(.model(index))
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

/// The models of a pool by their means over some rows, missing cells left out.
struct PoolRanking {
    let quality: [Double]
    let cost: [Double]

    init(_ table: OutcomeTable, rows: [Int]) {
        quality = table.quality.columnMeans(over: rows)
        cost = table.cost.columnMeans(over: rows)
    }

    /// Models with at least one outcome; all when there is none.
    private var candidates: [Int] {
        let known = quality.indices.filter { !quality[$0].isNaN && !cost[$0].isNaN }
        return known.isEmpty ? Array(quality.indices) : known
    }

    /// Highest quality, then lowest cost, then lowest number.
    var strongest: Int {
        candidates.reduce(candidates[0]) { best, model in
            (quality[model], -cost[model]) > (quality[best], -cost[best]) ? model : best
        }
    }

    /// Lowest cost, then highest quality, then lowest number.
    var cheapest: Int {
        candidates.reduce(candidates[0]) { best, model in
            (-cost[model], quality[model]) > (-cost[best], quality[best]) ? model : best
        }
    }
}

/// The first place of the largest value.
func firstMaximum(_ values: [Double]) -> Int {
    var best = 0
    for index in values.indices where values[index] > values[best] { best = index }
    return best
}
