import RouteGridBase

/// Baselines: routers that look at no embedding.
extension RouterCatalog {
    static let oracle = RouterDescriptor(
        kind: "oracle",
        summary: "knows the outcomes: what no router can beat",
        reads: [],
        rules: [.threshold, .penalty, .softLabel]
    )

    static let bestSingle = RouterDescriptor(
        kind: "best-single",
        summary: "always the model of the highest mean quality",
        reads: .trainCost,
        rules: [.threshold, .penalty, .softLabel],
        revision: 2
    )

    static let cheapest = RouterDescriptor(
        kind: "cheapest",
        summary: "always the model of the lowest mean cost",
        reads: .trainCost,
        rules: [.threshold, .penalty, .softLabel],
        revision: 2
    )

    static let fixed = RouterDescriptor(
        kind: "fixed",
        summary: "always the model named",
        parameters: [ParameterDescriptor("model", .text, default: nil, "a model of the pool")],
        reads: [],
        rules: [.threshold, .penalty, .softLabel]
    )

    static let random = RouterDescriptor(
        kind: "random",
        summary: "a model drawn uniformly for each query, several times over",
        parameters: [
            ParameterDescriptor("trials", .integer(1...1_000), default: 50, "operating points, one draw each")
        ],
        reads: .seed,
        rules: [.threshold, .penalty, .softLabel]
    )

    static let randomMix = RouterDescriptor(
        kind: "random-mix",
        summary: "two single models mixed by lot: the straight lines between them",
        parameters: [
            ParameterDescriptor("points", .integer(2...1_000), default: 50, "equally spaced costs")
        ],
        reads: [.seed, .trainCost],
        rules: [.threshold, .penalty, .softLabel],
        revision: 2
    )
}
