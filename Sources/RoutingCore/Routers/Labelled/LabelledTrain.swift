import Catalog
import RouteGridBase
import RoutingData

/// The train part as VL-RouterBench's feature-level routers see it: only rows that some model answers correctly, with
/// features scaled by the statistics of those rows.
struct LabelledTrain: Sendable {
    let models: CorrectModels
    /// Row numbers of the table, in the order of the train part.
    let rows: [Int]
    let map: FeatureMap
    let scaler: FeatureScaler
    /// `[rows, width]`, scaled.
    let features: Matrix<Float>

    /// - Throws: ``RouteGridError`` `badInput` when no model answers any train row correctly.
    init(
        _ request: FitRequest,
        convention: FeatureScaler.Convention = .scikitLearn,
        scalesByAllRows: Bool = false,
        keepsAllRows: Bool = false
    ) throws(RouteGridError) {
        models = CorrectModels(request.table, mode: request.mode)
        rows = keepsAllRows ? models.measured(request.parts.train) : models.answerable(request.parts.train)
        guard !rows.isEmpty else {
            throw .badInput(
                "router \(request.router.kind)",
                "no model answers any row of the train part correctly: expected at least one such row"
            )
        }
        map = try FeatureMap(request)
        var features = try map.features(for: rows, of: request.table)
        let fitted = scalesByAllRows ? try map.features(for: request.parts.train, of: request.table) : nil
        scaler = FeatureScaler(fitted ?? features, mode: request.mode, convention: convention)
        scaler.standardise(&features)
        self.features = features
    }

    /// Scaled features of any rows.
    func features(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws(RouteGridError) -> Matrix<Float>
    {
        try scaled(for: rows, of: table, modality: modality)
    }

    /// What predictions need of it.
    var scaled: ScaledFeatures { ScaledFeatures(map: map, scaler: scaler) }

    /// `k` checked against the rows there are.
    func neighbourCount(_ request: FitRequest) throws(RouteGridError) -> Int {
        let count = try TypedParameters(request.router).integer("k")
        guard 1...rows.count ~= count else {
            throw .badInput(
                "router \(request.router.kind)",
                "parameter \"k\": \(count) neighbours, but \(rows.count) train rows have a correct model: expected "
                    + "1…\(rows.count)"
            )
        }
        return count
    }
}
