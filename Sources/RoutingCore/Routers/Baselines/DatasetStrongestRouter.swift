import Catalog
import RoutingData
import Scoring

/// Router `strongest-per-dataset`: on each dataset the model of highest mean quality there.
///
/// Sound: by the train part, the cheaper of equals; a dataset that train lacks takes the strongest model over all.
/// Compat: by the rows asked about, the first of equals (VL-RouterBench fits its baselines on the test part).
/// - Reference: VL-RouterBench (arXiv 2512.23562), its StrongestPerDataset baseline.
struct DatasetStrongestRouter: FittedRouter {
    /// Nil in mode `compat`.
    private let fitted: (models: [String: Int], elsewhere: Int)?

    init(_ request: FitRequest) {
        guard request.mode == .sound else {
            fitted = nil
            return
        }
        func strongest(_ rows: [Int]) -> Int {
            PoolRanking(request.table, rows: rows, minimum: request.minCoverage).strongest
        }
        let models = Self.byDataset(request.table, rows: request.parts.train).mapValues(strongest)
        fitted = (models, strongest(request.parts.train))
    }

    private static func byDataset(_ table: OutcomeTable, rows: [Int]) -> [String: [Int]] {
        Dictionary(grouping: rows) { table.samples[$0].dataset }
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput {
        if let fitted {
            return .policies([rows.map { fitted.models[table.samples[$0].dataset] ?? fitted.elsewhere }])
        }
        let table = table.filledWithColumnMeans()
        let models = Self.byDataset(table, rows: rows)
            .mapValues { firstMaximum(table.quality.columnMeans(over: $0)) }
        return .policies([rows.map { models[table.samples[$0].dataset] ?? 0 }])
    }
}

extension DatasetStrongestRouter {
    static let kinds = [
        RouterKind(
            "strongest-per-dataset",
            file: .never(because: "it reads the name of a query's dataset and no embedding")
        ) { DatasetStrongestRouter($0) }
    ]
}
