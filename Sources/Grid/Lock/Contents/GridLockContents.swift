package import Catalog
package import RouteGridBase
import RoutingData

/// What `grid.lock.json` holds.
package struct GridLockContents: Hashable, Sendable {
    /// A blob by name and size.
    package struct Blob: Hashable, Sendable {
        package var digest: Digest
        package var byteCount: Int
    }

    package var name: String
    package var mode: EvaluationMode
    package var numerics: String
    package var axes: GridAxes
    package var blocks: [GridBlock]
    package var exclude: [ExcludeClause]
    package var select: GridSelection?
    package var statistics: GridStatistics
    package var latency: GridLatency?
    package var limits: GridLimits
    package var resources: GridResources
    package var priority: Int
    package var metricsRevision: Int
    /// The share of the train part that a model must have answered to be a reference, 0…1.
    package var minCoverage: Double = ReferenceCoverage.standard
    package var blobs: [Blob]
}

/// Which revisions of routers, rules and metrics a lock may name.
package enum AdmittedRevisions: Sendable {
    /// Those that this build computes.
    case own
    /// Also those of earlier builds: keys are what they were.
    case any

    func check(_ revision: Int, own: Int, of name: String, place: String) throws(RouteGridError) {
        switch self {
        case .own: try checkRevision(revision, own: own, of: name, place: place)
        case .any:
            guard revision >= 1, revision <= own else {
                throw .badInput(place, "\(name) is named in revision \(revision), this build has 1 to \(own)")
            }
        }
    }
}

/// `select` of a grid file: which configuration of each group of rows is read on test.
package struct GridSelection: Hashable, Sendable {
    package var metric: String
    /// What rows have in common that compete with each other.
    package var per: [String]

    package init(metric: String, per: [String]) {
        self.metric = metric
        self.per = per
    }
}
