import Catalog
import RouteGridBase
import RoutingData

/// Router `linearmf`: ridge regression on the leading right singular vectors of the feature matrix.
///
/// With X = U S Vᵀ (not centred) and r = min(rank, rows, width): Z = X V_r, then minimise
/// ‖(Z − Z̄)B − (Y − Ȳ)‖² + alpha ‖B‖² for all 2K targets. Only Gram matrices are formed: V_r are eigenvectors of XᵀX,
/// and the centred Gram matrix of Z is V_rᵀ (XᵀX − n x̄x̄ᵀ) V_r. The weights on X are V_r B. When nothing is cut off,
/// V_r only rotates, and the result is plain ridge on X.
/// - Reference: MMR-Bench (arXiv 2601.17814): `TruncatedSVD(randomized)` then `Ridge(alpha)`; exact here.
enum PrincipalRidge {
    static func fit(_ request: FitRequest) throws -> RegressionRouter {
        let parameters = TypedParameters(request.router)
        let (rank, alpha) = (try parameters.integer("rank"), try parameters.number("alpha"))
        let map = try FeatureMap(request)
        let features = try map.features(for: request.parts.train, of: request.table)
        let model = try fitByGroups(features: features, targets: TrainTargets(request)) { features, targets in
            try solve(features, targets, rank: rank, alpha: alpha, isRandomised: request.mode == .compat)
        }
        return RegressionRouter(features: map, model: model)
    }

    /// The affine model of ridge regression on at most `rank` singular vectors.
    ///
    /// `features` is `[rows, width]`, `targets` `[rows, targets]` with nothing missing; `alpha` 0 is least squares on
    /// the kept vectors. `isRandomised` takes the vectors from ``RandomisedSVD`` (mode `compat`).
    static func solve(
        _ features: Matrix<Double>,
        _ targets: Matrix<Double>,
        rank: Int,
        alpha: Double,
        isRandomised: Bool = false
    ) throws -> AffineModel {
        let (rows, width) = (features.rows, features.columns)
        let kept = min(rank, rows, width)
        if kept == min(rows, width) {
            return try LinearRegression.solve(features, targets, penalty: alpha, source: ("linearmf", "alpha"))
        }
        let offset = targets.means()
        let centre = features.means()
        var y = targets
        y.subtract(offset)
        let gram = features.gram()
        let approximate = isRandomised ? try RandomisedSVD.rightVectors(kept, of: features, gram: gram) : nil
        let basis = try approximate ?? SymmetricEigen(largest: kept, of: gram).vectors
        if alpha == 0 {
            let reduced = try LinearRegression.solve(features.multiplied(by: basis), targets, penalty: 0)
            return AffineModel(centre: centre, weights: basis.multiplied(by: reduced.weights), offset: offset)
        }
        let direction = Matrix(rows: 1, columns: width, elements: centre).multiplied(by: basis)
        var inner = basis.multiplied(.transposed, by: gram.multiplied(by: basis))
        for row in 0..<kept {
            for column in 0..<kept {
                inner[row, column] -= Double(rows) * direction.elements[row] * direction.elements[column]
            }
            inner[row, row] += alpha
        }
        // Σ x (y − ȳ)ᵀ needs no centred x: the residual targets sum to zero.
        let right = basis.multiplied(.transposed, by: features.multiplied(.transposed, by: y))
        guard let factor = Cholesky(inner) else {
            throw RouteGridError.badInput(
                "router linearmf",
                "parameter \"alpha\": \(alpha) is too small to invert anything"
            )
        }
        return AffineModel(centre: centre, weights: basis.multiplied(by: factor.solve(right)), offset: offset)
    }
}

extension PrincipalRidge {
    static let kinds = [
        RouterKind("linearmf", file: .read { try RegressionRouter($0) }) { try PrincipalRidge.fit($0) }
    ]
}
