import Catalog
import RouteGridBase
import RoutingData

/// Router `cmr`: a transformer over one text and one image token predicts quality and cost of every model.
///
/// The network is ``CrossModalPass``'s; the loss is the masked squared error of quality plus that of cost, by AdamW in
/// shuffled batches. A modality that is not given is a zero vector. Compat: costs in their own unit, and mode digit 3
/// (image alone) reads both, as the peer's code does.
/// - Reference: MMR-Bench (arXiv 2601.17814), CrossModalRouter of the released code.
struct CrossModalRouter: FittedRouter {
    let mode: EvaluationMode
    let trained: Modality
    let shape: CrossModalShape
    let parameters: [Float]
    let targets: RegressionTargets

    /// Samples a pass takes at once.
    private static let blockRows = 64

    /// - Throws: ``RouteGridError`` `badInput` when the width is not a multiple of the heads, or embeddings are absent.
    init(_ request: FitRequest) throws {
        let values = TypedParameters(request.router)
        let schedule = try TrainingSchedule(values)
        let (width, heads) = (try values.integer("width"), try values.integer("heads"))
        guard width % heads == 0 else {
            throw RouteGridError.badInput("router cmr", "width \(width): expected a multiple of \(heads) heads")
        }
        guard let modality = request.modality else {
            throw RouteGridError.badInput("router cmr", "reads embeddings: expected a train modality, found none")
        }
        let table = request.table
        let shape = CrossModalShape(
            text: modality == .image ? table.text?.columns ?? 1 : try table.textEmbedding().columns,
            image: modality == .text ? table.image?.columns ?? 1 : try table.imageEmbedding().columns,
            width: width,
            heads: heads,
            layers: try values.integer("layers"),
            feedforward: try values.integer("feedforward"),
            models: table.models.count
        )
        (mode, trained, self.shape) = (request.mode, modality, shape)
        targets = RegressionTargets(request)
        let rows = request.parts.train
        let (text, image) = try Self.tokens(rows, table, modality, shape, mode)
        let examples = CrossModalTraining.Examples(
            text: text,
            image: image,
            quality: targets.quality,
            cost: targets.cost
        )
        var initial = request.streams.stream("init")
        var shuffle = request.streams.stream("shuffle")
        var dropout = request.streams.stream("dropout")
        let share = try values.number("dropout")
        var training = CrossModalTraining(
            shape,
            parameters: shape.initialParameters(using: &initial),
            batch: min(schedule.batch, rows.count),
            rate: schedule.rate,
            weightDecay: try values.number("weight_decay")
        )
        var order = Array(rows.indices)
        for _ in 0..<schedule.epochs {
            shuffle.shuffle(&order)
            for start in stride(from: 0, to: order.count, by: schedule.batch) {
                let batch = order[start..<min(start + schedule.batch, order.count)]
                training.step(batch, of: examples, dropout: share, using: &dropout)
            }
        }
        parameters = training.parameters
    }

    /// Text and image vectors of some rows, zeros for what is not given.
    private static func tokens(
        _ rows: [Int],
        _ table: OutcomeTable,
        _ modality: Modality,
        _ shape: CrossModalShape,
        _ mode: EvaluationMode
    ) throws(RouteGridError) -> (text: Matrix<Float>, image: Matrix<Float>) {
        let given = mode == .compat && modality == .image ? .both : modality
        func zeros(_ width: Int) -> Matrix<Float> { Matrix(repeating: 0, rows: rows.count, columns: width) }
        let text = given == .image ? zeros(shape.text) : try table.textEmbedding().rows(rows)
        let image = given == .text ? zeros(shape.image) : try table.imageEmbedding().rows(rows)
        guard text.columns == shape.text, image.columns == shape.image else {
            throw .badInput(
                "router cmr",
                "embeddings of \(text.columns) and \(image.columns) numbers: expected \(shape.text) and \(shape.image)"
            )
        }
        return (text, image)
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        let (text, image) = try Self.tokens(rows, table, modality ?? trained, shape, mode)
        let pass = CrossModalPass(shape, capacity: min(Self.blockRows, max(rows.count, 1)))
        var quality = Matrix<Double>(repeating: 0, rows: rows.count, columns: shape.models)
        var cost = quality
        for start in stride(from: 0, to: rows.count, by: Self.blockRows) {
            let block = Array(start..<min(start + Self.blockRows, rows.count))[...]
            gather(block, text, into: pass.text)
            gather(block, image, into: pass.image)
            pass.forward(parameters, samples: block.count, drops: false)
            for index in 0..<block.count * shape.models {
                quality.elements[start * shape.models + index] = Double(pass.quality[index])
                cost.elements[start * shape.models + index] = Double(pass.cost[index])
            }
        }
        return targets.output(quality: quality, cost: cost)
    }
}

extension CrossModalRouter {
    static let kinds = [
        RouterKind("cmr", file: .read { try CrossModalRouter($0) }) { try CrossModalRouter($0) }
    ]
}
