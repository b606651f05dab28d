import Catalog
import RouteGridBase
import RoutingData

/// Routers `cosinecls-frozen`, `routerdc-frozen`, `zooter-frozen` and `vlc-frozen`: heads and losses of end-to-end
/// routers.
///
/// What differs from the originals: they fine-tune a vision transformer and a text-image encoder (LXMERT or another)
/// under their heads; here the features are the table's embeddings, fused, standardised on the train rows, and frozen.
/// So these are not the published rows. Heads, losses, optimiser and schedule are kept:
/// ```
/// cosinecls   exp(s) cos(x Wᵀ + b, v_k), soft cross-entropy; AdamW, warm-up, gradients cut to 1
/// routerdc    the same head; sample–model and sample–sample contrastive losses, groups by k-means of the soft labels
/// zooter      dropout, dense layer, divergence to the soft labels; keeps rows without a correct model
/// vlc         dropout, dense layer, soft cross-entropy
/// ```
/// - Reference: VL-RouterBench (arXiv 2512.23562); RouterDC (arXiv 2409.19886); ZOOTER (arXiv 2311.08692).
struct FrozenRouter<Head: FrozenHead>: FittedRouter {
    let features: ScaledFeatures
    let head: Head
    let parameters: [Float]

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        .scores(head.scores(parameters, try features(for: rows, of: table, modality: modality)))
    }
}

enum FrozenRouters {
    static func fit(_ request: FitRequest) throws -> any FittedRouter {
        let values = TypedParameters(request.router)
        let labels = try SoftLabels.of(request)
        let kind = request.router.kind
        let train = try LabelledTrain(request, keepsAllRows: kind == "zooter-frozen")
        let targets = SoftPerceptronRouter.floats(labels.targets(for: train.rows, of: train.models))
        let models = request.table.models.count
        switch kind {
        case "zooter-frozen", "vlc-frozen":
            let head = LinearHead(
                layer: DenseLayer(inputs: train.map.width, outputs: models),
                dropout: try values.number("dropout")
            )
            return try router(head, request, values, train, targets, warmUp: false)
        default:
            let head = CosineHead(
                projection: DenseLayer(inputs: train.map.width, outputs: try values.integer("width")),
                models: models,
                loss: kind == "routerdc-frozen" ? try contrast(request, values, targets) : .labels
            )
            return try router(head, request, values, train, targets, warmUp: true)
        }
    }

    private static func contrast(
        _ request: FitRequest,
        _ values: TypedParameters,
        _ targets: Matrix<Float>
    ) throws -> ContrastiveLoss {
        var generator = request.streams.stream("kmeans++")
        let clusters = min(try values.integer("groups"), targets.rows)
        let centres = KMeans(clusters: clusters, iterations: 300).centres(of: targets, using: &generator)
        return .routerDC(
            top: try values.integer("top"),
            weight: try values.number("sample_weight"),
            groups: NearestCentre(centres).labels(of: targets)
        )
    }

    private static func router<Head: FrozenHead>(
        _ head: Head,
        _ request: FitRequest,
        _ values: TypedParameters,
        _ train: LabelledTrain,
        _ targets: Matrix<Float>,
        warmUp: Bool
    ) throws -> any FittedRouter {
        let training = FrozenTraining(
            schedule: try TrainingSchedule(values),
            weightDecay: try values.number("weight_decay"),
            patience: try values.integer("patience"),
            warmUp: warmUp
        )
        let dev = DevScore(request)
        let devFeatures = try dev.map { try train.features(for: $0.rows, of: request.table, modality: nil) }
        var score: (([Float]) -> Double)?
        if let dev, let devFeatures { score = { dev(head.scores($0, devFeatures)) } }
        let parameters = training.parameters(
            of: head,
            features: train.features,
            targets: targets,
            streams: request.streams,
            score: score
        )
        return FrozenRouter(features: train.scaled, head: head, parameters: parameters)
    }
}

extension FrozenRouters {
    static let kinds = [
        RouterKind("cosinecls-frozen", file: .read { try CosineHead.read($0) }) { try FrozenRouters.fit($0) },
        RouterKind("routerdc-frozen", file: .read { try CosineHead.read($0) }) { try FrozenRouters.fit($0) },
        RouterKind("zooter-frozen", file: .read { try LinearHead.read($0) }) { try FrozenRouters.fit($0) },
        RouterKind("vlc-frozen", file: .read { try LinearHead.read($0) }) { try FrozenRouters.fit($0) },
    ]
}
