import RouteGridBase

/// The routers of VL-RouterBench (arXiv 2512.23562), its "K-means" and "Linear" under names that say what they are.
extension RouterCatalog {
    static let vlRouterBench: [RouterDescriptor] = [
        RouterDescriptor(
            kind: "strongest",
            summary: "always the model of the highest mean quality, as VL-RouterBench fits it",
            source: CatalogSource.vlRouterBenchTable,
            reads: .trainCost,
            rules: [.softLabel],
            revision: 2
        ),
        RouterDescriptor(
            kind: "strongest-per-dataset",
            summary: "the model of the highest mean quality on the query's dataset",
            source: CatalogSource.vlRouterBench,
            reads: .trainCost,
            rules: [.softLabel],
            revision: 2
        ),
        RouterDescriptor(
            kind: "knn-label",
            summary: "distance-weighted vote of neighbours for the cheapest correct model",
            source: CatalogSource.vlRouterBenchTable,
            parameters: [neighbours],
            reads: [.embeddings, .trainCost],
            rules: [.softLabel]
        ),
        RouterDescriptor(
            kind: "prknn",
            summary: "pairwise wins counted over distance-weighted neighbours",
            source: CatalogSource.vlRouterBenchTable,
            parameters: [neighbours],
            reads: [.embeddings, .trainCost],
            rules: [.softLabel]
        ),
        RouterDescriptor(
            kind: "ovr",
            summary: "one balanced logistic regression a model",
            source: CatalogSource.vlRouterBenchTable,
            parameters: [
                ParameterDescriptor("c", positive, default: 1, "inverse penalty"),
                ParameterDescriptor("iterations", .integer(1...1_000_000), default: 1_000, "at most, of L-BFGS"),
            ],
            reads: .embeddings,
            rules: [.softLabel]
        ),
        RouterDescriptor(
            kind: "prototype",
            summary: "the nearest mean direction of the queries a model gets right",
            source: CatalogSource.vlRouterBenchTable,
            reads: .embeddings,
            rules: [.softLabel]
        ),
        RouterDescriptor(
            kind: "softmax",
            summary: "softmax regression on soft labels",
            source: CatalogSource.vlRouterBenchTable,
            parameters: [
                ParameterDescriptor("c", positive, default: 1, "inverse penalty"),
                ParameterDescriptor("iterations", .integer(1...1_000_000), default: 200, "at most, of L-BFGS"),
            ],
            reads: [.embeddings, .labels, .trainCost],
            rules: [.softLabel],
            revision: 2
        ),
        RouterDescriptor(
            kind: "mlp-soft",
            summary: "a multilayer perceptron on soft labels, stopped early on dev",
            source: CatalogSource.vlRouterBenchTable,
            parameters: [
                hidden([2_048, 1_024]), weightDecay(1e-4), patience(3),
            ] + training(epochs: 300, batch: 1_024, rate: 1e-3),
            reads: [.embeddings, .seed, .labels, .trainCost],
            rules: [.softLabel]
        ),
        RouterDescriptor(
            kind: "cosinecls-frozen",
            summary: "cosine to learned model vectors, on frozen features",
            source: CatalogSource.vlRouterBench,
            parameters: contrastive,
            reads: [.embeddings, .seed, .labels, .trainCost],
            rules: [.softLabel]
        ),
        RouterDescriptor(
            kind: "routerdc-frozen",
            summary: "two contrastive losses on learned model vectors, on frozen features",
            source: CatalogSource.routerDC,
            parameters: contrastive + [
                ParameterDescriptor("top", .integer(1...1_000), default: 3, "models drawn near each query"),
                ParameterDescriptor("groups", .integer(1...100_000), default: 5, "clusters of queries"),
                ParameterDescriptor("sample_weight", nonNegative, default: 1, "weight of the query–query loss"),
            ],
            reads: [.embeddings, .seed, .labels, .trainCost],
            rules: [.softLabel],
            revision: 2
        ),
        RouterDescriptor(
            kind: "zooter-frozen",
            summary: "a linear head distilled from soft labels, on frozen features",
            source: CatalogSource.zooter,
            parameters: [dropout(0.1), weightDecay(0.01), patience(2)] + training(epochs: 5, batch: 16, rate: 1e-5),
            reads: [.embeddings, .seed, .labels, .trainCost],
            rules: [.softLabel],
            revision: 2
        ),
        RouterDescriptor(
            kind: "vlc-frozen",
            summary: "a linear head on soft labels, on frozen features",
            source: CatalogSource.vlRouterBench,
            parameters: [dropout(0.1), weightDecay(0.01), patience(2)] + training(epochs: 5, batch: 16, rate: 5e-5),
            reads: [.embeddings, .seed, .labels, .trainCost],
            rules: [.softLabel]
        ),
    ]

    private static let neighbours = ParameterDescriptor(
        "k",
        .integer(1...1_000_000),
        default: 5,
        "neighbours",
        atMost: .answeredTrainRows
    )

    private static let contrastive =
        [
            ParameterDescriptor("width", .integer(1...65_536), default: 768, "of the model vectors"),
            weightDecay(0.01), patience(2),
        ] + training(epochs: 5, batch: 16, rate: 5e-5)
}
