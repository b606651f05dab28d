import Catalog
import RouteGridBase
import RoutingData
import Scoring

/// Fits a router by its kind: the one door from names to code.
package enum RouterFitting {
    /// Each type lists the kinds that it fits, in its own file.
    private static let listed: [[RouterKind]] = [
        OracleRouter.kinds, SingleModelRouter.kinds, RecordedRouter.kinds, ProgramRouter.kinds, RandomRouter.kinds,
        RandomMixRouter.kinds, NearestNeighboursRouter.kinds, ClusterRouter.kinds, LinearRegression.kinds,
        PrincipalRidge.kinds, PerceptronRouter.kinds, CrossModalRouter.kinds, DatasetStrongestRouter.kinds,
        NeighbourLabelRouter.kinds, PairwiseNeighbourRouter.kinds, PrototypeRouter.kinds, OneVersusRestRouter.kinds,
        SoftmaxRegression.kinds, SoftPerceptronRouter.kinds, FrozenRouters.kinds,
    ]

    /// How each kind of the catalog is fitted and written.
    static let byName = Dictionary(uniqueKeysWithValues: listed.joined().map { ($0.name, $0) })

    /// Every kind that ``fit(_:)`` fits.
    package static let kinds: [String] = byName.keys.sorted()

    /// Fits one router.
    ///
    /// The result is a function of the request alone, to the bit, within one numerics class. In mode `compat` missing
    /// outcomes are first replaced by their column's mean over all rows, as MMR-Bench does.
    /// - Throws: `RouteGridError` `badInput` for an unknown kind (with the nearest known one), an empty train part, a
    ///   parameter that does not fit the train part, or embeddings that are absent.
    package static func fit(_ request: FitRequest) throws -> any FittedRouter {
        guard let kind = byName[request.router.kind] else {
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
        return try kind.fit(request)
    }
}
