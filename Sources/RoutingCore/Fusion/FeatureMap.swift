import Catalog
import RouteGridBase
import RoutingData

/// From a table's embeddings to the one feature vector a router reads, the same way at fit and at prediction.
///
/// Mode `sound`: the train modality fixes what the vector is made of; a modality that the prediction is not given is
/// masked by zeros. Mode `compat`: train and test each build their own vector from their own mode digit, as MMR-Bench
/// does (text alone is t, image alone is v, both is the fusion), and only the widths must agree.
struct FeatureMap: Sendable {
    private let mode: EvaluationMode
    let trained: Modality
    private let rule: FusionRule
    /// Statistics of the train part, where the fusion weighs by them.
    let adaptive: AdaptiveFusion?
    let textWidth: Int
    let imageWidth: Int
    /// Width of the feature vector.
    let width: Int

    /// Reads the train part's embeddings, for the statistics of adaptive fusion in mode `sound`.
    ///
    /// `fusion` overrides the request's fusion, for routers that bring their own.
    /// - Throws: ``RouteGridError`` `badInput` when the modality is not given or its embeddings are absent.
    init(_ request: FitRequest, fusion: FusionRule? = nil) throws(RouteGridError) {
        mode = request.mode
        guard let modality = request.modality else {
            throw .badInput("router \(request.router.kind)", "reads embeddings: expected a train modality, found none")
        }
        trained = modality
        if let fusion {
            rule = fusion
        } else {
            rule = try FusionRule(request.fusion ?? FusionConfiguration(kind: "mean"))
        }
        let table = request.table
        textWidth = modality == .image ? 0 : try table.textEmbedding().columns
        imageWidth = modality == .text ? 0 : try table.imageEmbedding().columns
        width = modality == .both ? rule.width(text: textWidth, image: imageWidth) : textWidth + imageWidth
        adaptive =
            modality == .both && rule == .adaptive && mode == .sound
            ? AdaptiveFusion(
                text: try table.textEmbedding().rows(request.parts.train),
                image: try table.imageEmbedding().rows(request.parts.train),
                guarded: true
            ) : nil
    }

    /// The map of a fit that was written; `adaptive` for the rule of that name in mode `sound`.
    init(
        mode: EvaluationMode,
        trained: Modality,
        rule: FusionRule,
        textWidth: Int,
        imageWidth: Int,
        adaptive: AdaptiveFusion? = nil
    ) {
        (self.mode, self.trained, self.rule, self.adaptive) = (mode, trained, rule, adaptive)
        (self.textWidth, self.imageWidth) = (textWidth, imageWidth)
        width = trained == .both ? rule.width(text: textWidth, image: imageWidth) : textWidth + imageWidth
    }

    /// The features of some rows.
    ///
    /// - Parameters:
    ///   - rows: row numbers of `table`.
    ///   - table: the table of the fit or another one with the same embedding widths.
    ///   - modality: what is given; nil for the train modality.
    /// - Returns: `[rows, width]`.
    /// - Throws: ``RouteGridError`` `badInput` when embeddings are absent or their width is not that of the fit.
    func features(
        for rows: [Int],
        of table: OutcomeTable,
        modality: Modality? = nil
    ) throws(RouteGridError) -> Matrix<Float> {
        let given = modality ?? trained
        let built = mode == .compat ? given : trained
        let result: Matrix<Float>
        switch built {
        case .text: result = try text(of: rows, table, given)
        case .image: result = try image(of: rows, table, given)
        case .both where given == .both && rule != .adaptive:
            result = rule.fused(text: try table.textEmbedding(), image: try table.imageEmbedding(), rows: rows)
        case .both: result = fused(try text(of: rows, table, given), try image(of: rows, table, given))
        }
        guard result.columns == width else {
            throw .badInput(
                "modality",
                "trained on \(trained.rawValue) with \(width) features, predicts from \(given.rawValue) with "
                    + "\(result.columns): expected features of one width"
            )
        }
        return result
    }

    private func text(of rows: [Int], _ table: OutcomeTable, _ given: Modality) throws(RouteGridError) -> Matrix<Float>
    {
        if given == .image { return Matrix(repeating: 0, rows: rows.count, columns: textWidth) }
        return try table.textEmbedding().rows(rows)
    }

    private func image(of rows: [Int], _ table: OutcomeTable, _ given: Modality) throws(RouteGridError) -> Matrix<Float>
    {
        if given == .text { return Matrix(repeating: 0, rows: rows.count, columns: imageWidth) }
        return try table.imageEmbedding().rows(rows)
    }

    private func fused(_ text: Matrix<Float>, _ image: Matrix<Float>) -> Matrix<Float> {
        guard rule == .adaptive else { return rule.fused(text: text, image: image) }
        let adaptive = adaptive ?? AdaptiveFusion(text: text, image: image, guarded: false)
        return adaptive.fused(text: text, image: image)
    }
}

extension OutcomeTable {
    /// - Throws: ``RouteGridError`` `badInput` when there is none.
    func textEmbedding() throws(RouteGridError) -> Matrix<Float> {
        guard let text else { throw .badInput("dataset", "has no text embedding: expected one for this modality") }
        return text
    }

    /// - Throws: ``RouteGridError`` `badInput` when there is none.
    func imageEmbedding() throws(RouteGridError) -> Matrix<Float> {
        guard let image else { throw .badInput("dataset", "has no image embedding: expected one for this modality") }
        return image
    }
}
