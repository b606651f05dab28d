import Catalog
import RouteGridBase
import RoutingData
import Scoring

/// Fits a router by its kind: the one door from names to code.
package enum RouterFitting {
    /// Every kind that ``fit(_:)`` knows.
    package static let kinds: [String] = [
        "oracle", "random", "random-mix", "best-single", "cheapest", "fixed", "knn", "kmeans", "kmeansnew",
        "linear", "linearmf",
        "strongest", "strongest-per-dataset", "knn-label", "prknn", "prototype", "ovr", "softmax",
        "mlp", "mlpmf", "mlp-soft", "cmr",
        "cosinecls-frozen", "routerdc-frozen", "zooter-frozen", "vlc-frozen",
    ]

    /// Fits one router.
    ///
    /// The result is a function of the request alone, to the bit, within one numerics class. In mode `compat` missing
    /// outcomes are first replaced by their column's mean over all rows, as MMR-Bench does.
    /// - Throws: `RouteGridError` `badInput` for an unknown kind (with the nearest known one), an empty train part, a
    ///   parameter that does not fit the train part, or embeddings that are absent.
    package static func fit(_ request: FitRequest) throws -> any FittedRouter {
        guard kinds.contains(request.router.kind) else {
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
        switch request.router.kind {
        case "oracle": return OracleRouter(request)
        case "random": return try RandomRouter(request)
        case "random-mix": return try RandomMixRouter(request)
        case "best-single": return SingleModelRouter.strongest(request)
        case "cheapest": return SingleModelRouter.cheapest(request)
        case "fixed": return try SingleModelRouter.named(request)
        case "knn": return try NearestNeighboursRouter(request)
        case "kmeans": return try ClusterRouter(request, adaptive: false)
        case "kmeansnew": return try ClusterRouter(request, adaptive: true)
        case "linear": return try LinearRegression.fit(request)
        case "linearmf": return try PrincipalRidge.fit(request)
        case "strongest": return SingleModelRouter.strongest(request)
        case "strongest-per-dataset": return DatasetStrongestRouter(request)
        case "knn-label": return try NeighbourLabelRouter(request)
        case "prknn": return try PairwiseNeighbourRouter(request)
        case "prototype": return try PrototypeRouter(request)
        case "ovr": return try OneVersusRestRouter(request)
        case "softmax": return try SoftmaxRegression.fit(request)
        case "mlp", "mlpmf": return try PerceptronRouter(request)
        case "mlp-soft": return try SoftPerceptronRouter(request)
        case "cmr": return try CrossModalRouter(request)
        case "cosinecls-frozen", "routerdc-frozen", "zooter-frozen", "vlc-frozen": return try FrozenRouters.fit(request)
        default: preconditionFailure("\(request.router.kind) is listed and not fitted")
        }
    }
}
