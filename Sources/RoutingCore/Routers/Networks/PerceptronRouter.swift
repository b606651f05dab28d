import Catalog
import RouteGridBase
import RoutingData

/// Routers `mlp` and `mlpmf`: one network predicts each model's quality, a second one each model's cost.
///
/// With hidden widths h₁, h₂, …, rectified:
/// ```
/// mlp      features → h₁ → h₂ → K
/// mlpmf    features → h₁ → h₂ → z (latent, not rectified);
///          prediction = z Wᵀ + b,  W [K, latent] from 0.01 · N(0, 1), b = 0
/// ```
/// Both minimise the mean squared error over the outcomes that are known, by Adam in shuffled batches.
/// - Reference: MMR-Bench (arXiv 2601.17814), released code.
struct PerceptronRouter: FittedRouter {
    let features: FeatureMap
    let targets: RegressionTargets
    let quality: Perceptron
    let cost: Perceptron

    init(_ request: FitRequest) throws {
        let parameters = TypedParameters(request.router)
        let schedule = try TrainingSchedule(parameters)
        let hidden = try parameters.integers("hidden")
        let latent = request.router.kind == "mlpmf" ? try parameters.integer("latent") : nil
        let map = try FeatureMap(request)
        let train = try map.features(for: request.parts.train, of: request.table)
        let models = request.table.models.count
        let shape =
            latent.map { latent in
                PerceptronShape(
                    widths: [map.width] + hidden + [latent, models],
                    rectifies: hidden.map { _ in true } + [false, false]
                )
            } ?? PerceptronShape(inputs: map.width, hidden: hidden, outputs: models)
        let targets = RegressionTargets(request)
        func network(_ name: String, _ values: Matrix<Float>) -> Perceptron {
            var initial = request.streams.stream("init/\(name)")
            var shuffle = request.streams.stream("shuffle/\(name)")
            var start = shape.initialParameters(using: &initial)
            if let latent {
                let last = shape.weights(shape.layerCount - 1)
                let vectors = InitialWeights.normal(models * latent, deviation: 0.01, using: &initial)
                start.replaceSubrange(last..., with: vectors + [Float](repeating: 0, count: models))
            }
            let batch = min(schedule.batch, train.rows)
            var training = PerceptronTraining(shape, parameters: start, batch: batch, rate: schedule.rate)
            training.run(schedule, features: train, targets: values, using: &shuffle, loss: Self.loss)
            return Perceptron(shape: shape, parameters: training.parameters)
        }
        features = map
        self.targets = targets
        quality = network("quality", targets.quality)
        cost = network("cost", targets.cost)
    }

    static func loss(
        _ outputs: UnsafePointer<Float>,
        _ targets: UnsafePointer<Float>,
        _ rows: Int,
        _ columns: Int,
        _ gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        Loss.squaredError(outputs, targets, count: rows * columns, gradient: gradient)
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        let asked = try features.features(for: rows, of: table, modality: modality)
        return targets.output(quality: quality(asked), cost: cost(asked))
    }
}

extension PerceptronRouter {
    static let kinds = [
        RouterKind("mlp", file: .read { try PerceptronRouter($0) }) { try PerceptronRouter($0) },
        RouterKind("mlpmf", file: .read { try PerceptronRouter($0) }) { try PerceptronRouter($0) },
    ]
}
