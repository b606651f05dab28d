import Catalog
import RouteGridBase
import RoutingData

/// Router `mlp-soft`: a perceptron on soft labels, stopped early by its Rank Score on dev.
///
/// Scaled features → hidden widths, rectified → K logits; soft cross-entropy; Adam with weight decay added to the
/// gradient. After each epoch the dev Rank Score is taken; `patience` epochs without a gain of 10⁻⁴ end the training
/// and the best epoch's weights are kept. Without a dev part it stops after 10 epochs without such a gain in train
/// loss.
/// - Reference: VL-RouterBench (arXiv 2512.23562), its MLP router.
struct SoftPerceptronRouter: FittedRouter {
    let features: ScaledFeatures
    let network: Perceptron

    init(_ request: FitRequest) throws {
        let parameters = TypedParameters(request.router)
        let schedule = try TrainingSchedule(parameters)
        let (hidden, decay) = (try parameters.integers("hidden"), try parameters.number("weight_decay"))
        let patience = try parameters.integer("patience")
        let labels = try SoftLabels.of(request)
        let train = try LabelledTrain(request)
        let shape = PerceptronShape(inputs: train.map.width, hidden: hidden, outputs: request.table.models.count)
        var initial = request.streams.stream("init")
        var shuffle = request.streams.stream("shuffle")
        let targets = Self.floats(labels.targets(for: train.rows, of: train.models))
        var training = PerceptronTraining(
            shape,
            parameters: shape.initialParameters(using: &initial),
            batch: min(schedule.batch, train.rows.count),
            rate: schedule.rate,
            decay: .coupled(Float(decay))
        )
        let score = DevScore(request)
        let devFeatures = try score.map { score in
            try train.features(for: score.rows, of: request.table, modality: nil)
        }
        var stopping = EarlyStopping(patience: score == nil ? 10 : patience)
        // Kept only where a dev score tells which epoch is best: parameters held twice are copied at the next step.
        var best: [Float]?
        var order = Array(train.rows.indices)
        epochs: for _ in 0..<schedule.epochs {
            shuffle.shuffle(&order)
            let loss = training.epoch(
                order,
                batch: schedule.batch,
                features: train.features,
                targets: targets,
                loss: Self.loss
            )
            let value: Double
            if let score, let devFeatures {
                value = score(Perceptron(shape: shape, parameters: training.parameters)(devFeatures))
            } else {
                value = -loss
            }
            switch stopping.judge(value) {
            case .better: if score != nil { best = training.parameters }
            case .worse: continue
            case .stop: break epochs
            }
        }
        features = train.scaled
        network = Perceptron(shape: shape, parameters: best ?? training.parameters)
    }

    static func floats(_ values: Matrix<Double>) -> Matrix<Float> {
        Matrix(rows: values.rows, columns: values.columns, elements: values.elements.map(Float.init))
    }

    static func loss(
        _ logits: UnsafePointer<Float>,
        _ targets: UnsafePointer<Float>,
        _ rows: Int,
        _ columns: Int,
        _ gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        Loss.crossEntropy(logits, targets, rows: rows, columns: columns, gradient: gradient)
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        .scores(network(try features(for: rows, of: table, modality: modality)))
    }
}

extension SoftPerceptronRouter {
    static let kinds = [
        RouterKind("mlp-soft", file: .read { try SoftPerceptronRouter($0) }) { try SoftPerceptronRouter($0) }
    ]
}
