package import Catalog
import RouteGridBase
import RoutingData

/// A grid file as read: every axis typed and checked as far as the file alone allows.
///
/// What needs the data (names of models, encoders, sizes of parts) is checked by ``GridResolver``, with the places kept
/// here.
package struct GridFile: Sendable {
    package enum Numerics: String, Hashable, Sendable, CaseIterable {
        /// A pinned kernel family: the same bytes on every machine.
        case portable
        /// The fastest kernels of the machine.
        case native
    }

    struct DatasetEntry: Sendable {
        var name: String
        /// As written in the file, relative to it.
        var path: String
        var sha256: Digest?
        var conditions: [String: [String]]
        var place: String
    }

    enum Pool: Hashable, Sendable {
        case all
        case names([String])
        /// Every pool that lacks one model.
        case leaveOneOut
    }

    struct RouterEntry: Sendable {
        var kind: String
        /// Every parameter of the descriptor: those the file names first, in its order.
        var parameters: [GridBlock.Parameter]
        /// The needs of its fits; of these and those of the grid the larger counts.
        var resources = GridResources()
        /// Bytes of memory, 0 = it says nothing.
        var memoryBytes: UInt64 = 0
        /// The datasets it runs on; nil for all (`include` entries may name some).
        var datasets: [String]?
        var place: String
        /// Where each parameter stands, for messages that need the data.
        var places: [String: String]
    }

    struct BudgetEntry: Sendable {
        var rule: BudgetRule
        var isRawPenalty = false
        var budget: Budget
        /// Written with `$`: every dataset must cost USD.
        var isDollars: Bool
        var place: String
    }

    struct Placed<Value: Sendable>: Sendable {
        var value: Value
        var place: String
    }

    /// As given by whoever opened it.
    package let path: String
    package internal(set) var name: String
    package internal(set) var mode: EvaluationMode
    package internal(set) var numerics: Numerics
    var datasets: [DatasetEntry]
    var pools: [Placed<Pool>]
    var encoders: [Placed<EncoderPair>]
    var splits: [Placed<Split>]
    var modalities: [Placed<ModalityPair>]
    var fusions: [Placed<FusionConfiguration>]
    var routers: [RouterEntry]
    var seeds: [Int]
    var budgets: [BudgetEntry]
    var labels: [LabelConfiguration]
    /// Price sheets, at least one value; nil = costs as imported.
    var prices: [Placed<String?>]
    var select: Placed<GridSelection>?
    var exclude: [Placed<ExcludeClause>]
    /// The share of the train part that a model must have answered to be a reference, 0…1.
    var minCoverage: Double
    package internal(set) var statistics: GridStatistics
    var latency: GridLatency?
    package internal(set) var limits: GridLimits
    package internal(set) var resources: GridResources
    package internal(set) var priority: Int
    /// When a night is worse than its reference; in no lock.
    package internal(set) var gates: [GridGate]
}
