import RouteGridBase
import RoutingData

/// Router `linear`: one linear regression with intercept for each model's quality and each model's cost.
///
/// With centred features X̃ and targets Ỹ, minimise ‖X̃W − Ỹ‖² + l2 ‖W‖². For l2 = 0 this is the minimum-norm least
/// squares solution. The system is factored once for all 2K targets.
/// - Reference: MMR-Bench (arXiv 2601.17814) fits scikit-learn's `LinearRegression` per model.
enum LinearRegression {
    /// Singular values below this share of the largest are rounding noise of float32 features, and count as zero: the
    /// cutoff that scikit-learn's solver applies to features of that type.
    static let cutoff = Double(Float.ulpOfOne)
    /// Normal equations square the condition number: they are used only where that leaves eight digits.
    private static let safeCondition = 1e-8

    static func fit(_ request: FitRequest) throws -> RegressionRouter {
        let penalty = try TypedParameters(request.router).number("l2")
        let map = try FeatureMap(request)
        let features = try map.features(for: request.parts.train, of: request.table)
        let model = try fitByGroups(features: features, targets: TrainTargets(request)) { features, targets in
            try solve(features, targets, penalty: penalty)
        }
        return RegressionRouter(features: map, model: model)
    }

    /// The affine model of least penalised squares.
    ///
    /// `features` is `[rows, width]`, `targets` `[rows, targets]` with nothing missing; `penalty` ≥ 0 is on the weights
    /// and not on the intercept, `source` the router and the parameter that it comes from.
    /// - Throws: ``RouteGridError`` `badInput` when the penalty is lost in rounding; `system` when LAPACK does not
    ///   converge.
    static func solve(
        _ features: Matrix<Double>,
        _ targets: Matrix<Double>,
        penalty: Double,
        source: (router: String, parameter: String) = ("linear", "l2")
    ) throws -> AffineModel {
        let (centre, offset) = (features.means(), targets.means())
        var (x, y) = (features, targets)
        x.subtract(centre)
        y.subtract(offset)
        if penalty > 0 || x.rows > x.columns {
            var gram = x.gram()
            for index in 0..<gram.rows { gram[index, index] += penalty }
            if let factor = Cholesky(gram), penalty > 0 || factor.reciprocalCondition > safeCondition {
                return AffineModel(
                    centre: centre,
                    weights: factor.solve(x.multiplied(.transposed, by: y)),
                    offset: offset
                )
            }
        }
        guard penalty == 0 else {
            throw RouteGridError.badInput(
                "router \(source.router)",
                "parameter \"\(source.parameter)\": \(penalty) is too small to invert anything"
            )
        }
        let weights = try LeastSquares.minimumNorm(x, y, cutoff: cutoff)
        return AffineModel(centre: centre, weights: weights, offset: offset)
    }
}

extension LinearRegression {
    static let kinds = [
        RouterKind("linear", file: .read { try RegressionRouter($0) }) { try LinearRegression.fit($0) }
    ]
}
