import Catalog

/// A fitted router that can be written to a file and read back: the same code then predicts from the same numbers.
protocol ExportableRouter: FittedRouter {
    /// What the router reads of a query.
    var featureMap: FeatureMap { get }
    /// The embeddings that it looks at when it is given some.
    func reads(_ given: Modality) -> Modality
    /// Why this fit cannot be written, the end of "cannot be exported: …"; nil when it can.
    var refusal: String? { get }
    /// Writes all that predictions are made of, but the feature map.
    func write(to writer: inout FitWriter)
}

extension ExportableRouter {
    var refusal: String? { nil }
    func reads(_ given: Modality) -> Modality { given }
}
