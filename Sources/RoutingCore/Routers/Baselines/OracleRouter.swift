import Catalog
import RoutingData
import Scoring

/// The router that knows the outcomes: its predictions are the truth.
///
/// A missing cell reads as an evaluation would count it: wrong, at that model's mean train cost. (In mode `compat` the
/// table has no missing cell any more.)
struct OracleRouter: FittedRouter {
    private let mode: EvaluationMode
    private let meanCost: [Double]

    init(_ request: FitRequest) {
        mode = request.mode
        meanCost = request.table.cost.columnMeans(over: request.parts.train)
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput {
        let table = mode == .compat ? table.filledWithColumnMeans() : table
        var quality = table.quality.rows(rows)
        var cost = table.cost.rows(rows)
        quality.fillMissing(by: [Double](repeating: 0, count: quality.columns))
        cost.fillMissing(by: meanCost)
        return .predictions(quality: quality, cost: cost)
    }
}

extension OracleRouter {
    static let kinds = [
        RouterKind(
            "oracle",
            file: .never(because: "it reads the outcomes of the queries, which nobody has beforehand")
        ) { OracleRouter($0) }
    ]
}
