import Catalog
import RouteGridBase
import RoutingData

/// Features brought to the scale of a train part.
struct ScaledFeatures: Sendable {
    let map: FeatureMap
    let scaler: FeatureScaler

    /// `[rows, width]` of any rows.
    ///
    /// - Throws: as ``FeatureMap/features(for:of:modality:)``.
    func callAsFunction(
        for rows: [Int],
        of table: OutcomeTable,
        modality: Modality?
    ) throws(RouteGridError) -> Matrix<Float> {
        var features = try map.features(for: rows, of: table, modality: modality)
        scaler.standardise(&features)
        return features
    }
}
