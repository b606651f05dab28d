import Catalog
import RoutingData

/// A router whose predictions are affine in the features.
struct RegressionRouter: FittedRouter {
    let features: FeatureMap
    let model: AffineModel

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        TrainTargets.output(model(try features.features(for: rows, of: table, modality: modality)))
    }
}

/// Solves one system for all targets, and again for each other set of rows when outcomes are missing.
///
/// - Parameters:
///   - features: `[train rows, width]`.
///   - targets: what to predict.
///   - solve: from features and targets measured on the same rows to their affine model.
/// - Returns: an affine model of all 2K targets; a target measured nowhere is predicted by its stand-in mean.
func fitByGroups(
    features: Matrix<Float>,
    targets: TrainTargets,
    solve: (_ features: Matrix<Double>, _ targets: Matrix<Double>) throws -> AffineModel
) rethrows -> AffineModel {
    let groups = targets.groups()
    let wide = features.widened()
    if groups.count == 1, groups[0].targets.count == targets.values.columns {
        let all = groups[0].rows.count == wide.rows
        return try solve(
            all ? wide : wide.rows(groups[0].rows),
            all ? targets.values : targets.values.rows(groups[0].rows)
        )
    }
    // Groups have their own centres: fold each into the offset.
    var weights = Matrix<Double>(repeating: 0, rows: features.columns, columns: targets.values.columns)
    var offset = targets.means
    for group in groups {
        let model = try solve(wide.rows(group.rows), targets.values.rows(group.rows).columns(group.targets))
        for (place, target) in group.targets.enumerated() {
            var shift = 0.0
            for feature in 0..<features.columns {
                weights[feature, target] = model.weights[feature, place]
                shift += model.centre[feature] * model.weights[feature, place]
            }
            offset[target] = model.offset[place] - shift
        }
    }
    return AffineModel(centre: [Double](repeating: 0, count: features.columns), weights: weights, offset: offset)
}
