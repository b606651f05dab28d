import RouteGridBase

/// The routers of MMR-Bench (arXiv 2601.17814) by the names of its code, with its defaults.
extension RouterCatalog {
    static let mmrBench: [RouterDescriptor] = [
        RouterDescriptor(
            kind: "knn",
            summary: "the mean outcome of the nearest train queries",
            source: CatalogSource.mmrBenchTable,
            parameters: [
                ParameterDescriptor("k", .integer(1...1_000_000), default: 50, "neighbours", atMost: .trainRows),
                ParameterDescriptor("metric", .choice(["cosine", "euclidean"]), default: "cosine", "distance"),
            ],
            reads: [.embeddings, .trainCost]
        ),
        clustering(
            kind: "kmeans",
            summary: "the mean outcome of a query's k-means cluster",
            source: CatalogSource.mmrBenchTable
        ),
        RouterDescriptor(
            kind: "linear",
            summary: "one linear regression a model",
            source: CatalogSource.mmrBench,
            parameters: [
                ParameterDescriptor("l2", nonNegative, default: 0, "ridge penalty; 0 = least squares of minimum norm")
            ],
            reads: [.embeddings, .trainCost]
        ),
        RouterDescriptor(
            kind: "linearmf",
            summary: "ridge regression on the leading singular directions of the features",
            source: CatalogSource.mmrBenchTable,
            parameters: [
                ParameterDescriptor(
                    "rank",
                    .integer(1...1_000_000),
                    default: 128,
                    "directions kept, cut to what there is"
                ),
                ParameterDescriptor("alpha", nonNegative, default: 1, "ridge penalty"),
            ],
            reads: [.embeddings, .trainCost],
            revision: 2
        ),
        // Adaptive fusion is part of the router, so the fusion axis is not read.
        clustering(
            kind: "kmeansnew",
            summary: "k-means on adaptively fused embeddings",
            source: CatalogSource.mmrBench,
            reads: [.embeddings, .separateModalities, .seed, .trainCost],
            ownFusion: "adaptive"
        ),
        RouterDescriptor(
            kind: "mlp",
            summary: "two multilayer perceptrons, one for quality and one for cost",
            source: CatalogSource.mmrBench,
            parameters: [hidden([256, 128])] + training(epochs: 100, batch: 32, rate: 1e-3),
            reads: [.embeddings, .seed, .trainCost]
        ),
        RouterDescriptor(
            kind: "mlpmf",
            summary: "perceptron features times learned model vectors",
            source: CatalogSource.mmrBenchTable,
            parameters: [
                hidden([256, 128]),
                ParameterDescriptor("latent", .integer(1...65_536), default: 64, "width of the model vectors"),
            ] + training(epochs: 100, batch: 32, rate: 1e-3),
            reads: [.embeddings, .seed, .trainCost]
        ),
        RouterDescriptor(
            kind: "cmr",
            summary: "cross-modal transformer over a text and an image token",
            source: CatalogSource.mmrBench,
            parameters: [
                ParameterDescriptor("width", .integer(1...65_536), default: 512, "of a token; a multiple of heads"),
                ParameterDescriptor("heads", .integer(1...256), default: 8, "attention heads"),
                ParameterDescriptor("layers", .integer(1...64), default: 2, "encoder layers"),
                ParameterDescriptor("feedforward", .integer(1...1_048_576), default: 2_048, "inner width of a layer"),
                dropout(0.1),
                ParameterDescriptor("weight_decay", nonNegative, default: 1e-4, "of AdamW"),
            ] + training(epochs: 100, batch: 32, rate: 1e-3),
            reads: [.embeddings, .separateModalities, .seed, .trainCost],
            revision: 2
        ),
    ]

    private static func clustering(
        kind: String,
        summary: String,
        source: String,
        reads: RouterDescriptor.Reads = [.embeddings, .seed, .trainCost],
        ownFusion: String? = nil
    ) -> RouterDescriptor {
        RouterDescriptor(
            kind: kind,
            summary: summary,
            source: source,
            parameters: [
                ParameterDescriptor("clusters", .integer(1...1_000_000), default: 20, "parts", atMost: .trainRows),
                ParameterDescriptor("iterations", .integer(1...1_000_000), default: 300, "of Lloyd, at most"),
            ],
            reads: reads,
            ownFusion: ownFusion,
            revision: 2
        )
    }
}
