package import Catalog
package import RouteGridBase
package import RoutingData

/// All that one fit depends on: the typed form of what a fit key hashes.
package struct FitRequest: Sendable {
    package var router: RouterConfiguration
    package var mode: EvaluationMode
    /// The embeddings trained on; nil for a router that reads none.
    package var modality: Modality?
    /// How text and image become one vector; nil for a router that reads none or reads them apart.
    package var fusion: FusionConfiguration?
    /// How outcomes become soft labels; nil for a router that reads none.
    package var label: LabelConfiguration?
    package var streams: RandomStreams
    package var table: OutcomeTable
    /// Row numbers of `table`.
    ///
    /// Only `train` (and `dev`, by routers that stop early) is read in mode `sound`.
    package var parts: SplitParts

    /// The share of the train part that a model must have answered to be a reference, 0…1.
    package var minCoverage: Double
    /// The content of the file that the router's parameters name; nil without one.
    package var file: [UInt8]?
    /// Runs the programs of `exec` routers; nil where none may run.
    package var programs: (any RouterPrograms)?

    package init(
        router: RouterConfiguration,
        mode: EvaluationMode,
        modality: Modality? = nil,
        fusion: FusionConfiguration? = nil,
        label: LabelConfiguration? = nil,
        streams: RandomStreams,
        table: OutcomeTable,
        parts: SplitParts,
        minCoverage: Double = ReferenceCoverage.standard,
        file: [UInt8]? = nil,
        programs: (any RouterPrograms)? = nil
    ) {
        self.router = router
        self.mode = mode
        self.modality = modality
        self.fusion = fusion
        self.label = label
        self.streams = streams
        self.table = table
        self.parts = parts
        self.minCoverage = minCoverage
        self.file = file
        self.programs = programs
    }
}
