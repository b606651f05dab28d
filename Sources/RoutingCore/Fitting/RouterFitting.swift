import Catalog
import RouteGridBase
import RoutingData
import Scoring

/// Fits a router by its kind: the one door from names to code.
package enum RouterFitting {
    private typealias Fit = @Sendable (FitRequest) throws -> any FittedRouter

    /// How each kind of the catalog is fitted.
    private static let fits: [String: Fit] = [
        "oracle": { OracleRouter($0) },
        "best-single": { SingleModelRouter.strongest($0) },
        "cheapest": { SingleModelRouter.cheapest($0) },
        "fixed": { try SingleModelRouter.named($0) },
        "recorded": { try RecordedRouter($0) },
        "exec": { try ProgramRouter($0) },
        "random": { try RandomRouter($0) },
        "random-mix": { try RandomMixRouter($0) },
        "knn": { try NearestNeighboursRouter($0) },
        "kmeans": { try ClusterRouter($0, adaptive: false) },
        "kmeansnew": { try ClusterRouter($0, adaptive: true) },
        "linear": { try LinearRegression.fit($0) },
        "linearmf": { try PrincipalRidge.fit($0) },
        "mlp": { try PerceptronRouter($0) },
        "mlpmf": { try PerceptronRouter($0) },
        "cmr": { try CrossModalRouter($0) },
        "strongest": { SingleModelRouter.strongest($0) },
        "strongest-per-dataset": { DatasetStrongestRouter($0) },
        "knn-label": { try NeighbourLabelRouter($0) },
        "prknn": { try PairwiseNeighbourRouter($0) },
        "prototype": { try PrototypeRouter($0) },
        "ovr": { try OneVersusRestRouter($0) },
        "softmax": { try SoftmaxRegression.fit($0) },
        "mlp-soft": { try SoftPerceptronRouter($0) },
        "cosinecls-frozen": { try FrozenRouters.fit($0) },
        "routerdc-frozen": { try FrozenRouters.fit($0) },
        "zooter-frozen": { try FrozenRouters.fit($0) },
        "vlc-frozen": { try FrozenRouters.fit($0) },
    ]

    /// Every kind that ``fit(_:)`` fits.
    package static let kinds: [String] = fits.keys.sorted()

    /// Fits one router.
    ///
    /// The result is a function of the request alone, to the bit, within one numerics class. In mode `compat` missing
    /// outcomes are first replaced by their column's mean over all rows, as MMR-Bench does.
    /// - Throws: `RouteGridError` `badInput` for an unknown kind (with the nearest known one), an empty train part, a
    ///   parameter that does not fit the train part, or embeddings that are absent.
    package static func fit(_ request: FitRequest) throws -> any FittedRouter {
        guard let fit = fits[request.router.kind] else {
            throw RouteGridError.badInput(
                "router",
                "unknown kind \"\(request.router.kind)\"\(NearestName.hint(request.router.kind, in: kinds))"
            )
        }
        guard !request.parts.train.isEmpty else {
            throw RouteGridError.badInput("split", "the train part is empty: expected at least one row")
        }
        var request = request
        if request.mode == .compat { request.table = request.table.filledWithColumnMeans() }
        return try fit(request)
    }
}
