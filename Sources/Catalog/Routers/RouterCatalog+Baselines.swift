import RouteGridBase

/// Baselines: routers that look at no embedding.
extension RouterCatalog {
    static let baselines: [RouterDescriptor] = [
        RouterDescriptor(
            kind: "oracle",
            summary: "reads the answers: the bound that no router can beat",
            source: CatalogSource.mmrBenchTable,
            reads: [],
            rules: Set(BudgetRule.allCases),
            isBound: true
        ),
        RouterDescriptor(
            kind: "best-single",
            summary: "always the model of the highest mean quality",
            source: CatalogSource.mmrBenchTable,
            reads: .trainCost,
            rules: Set(BudgetRule.allCases),
            revision: 2
        ),
        RouterDescriptor(
            kind: "cheapest",
            summary: "always the model of the lowest mean cost",
            source: CatalogSource.vlRouterBenchTable,
            reads: .trainCost,
            rules: Set(BudgetRule.allCases),
            revision: 2
        ),
        RouterDescriptor(
            kind: "fixed",
            summary: "always the model named",
            source: CatalogSource.routeGrid,
            parameters: [ParameterDescriptor("model", .text, default: nil, "a model of the pool")],
            reads: [],
            rules: Set(BudgetRule.allCases)
        ),
        RouterDescriptor(
            kind: "recorded",
            summary: "the choices that a file holds: a router that only answers, beside the others",
            source: CatalogSource.routeGrid,
            parameters: [
                ParameterDescriptor(
                    "file",
                    .file,
                    default: nil,
                    "CSV or JSON lines with sample_id, model and perhaps budget, or RouterArena's predictions"
                ),
                ParameterDescriptor(
                    "names",
                    .text,
                    default: "exact",
                    "what models are called in the file: exact, or THEIRS=OURS,…"
                ),
            ],
            reads: [],
            rules: Set(BudgetRule.allCases)
        ),
        RouterDescriptor(
            kind: "random",
            summary: "a model drawn uniformly for each query, several times over",
            source: CatalogSource.mmrBenchTable,
            parameters: [
                ParameterDescriptor("trials", .integer(1...1_000), default: 50, "operating points, one draw each")
            ],
            reads: .seed,
            rules: Set(BudgetRule.allCases)
        ),
        RouterDescriptor(
            kind: "random-mix",
            summary: "two single models mixed by lot: the straight lines between them",
            source: CatalogSource.routerBench,
            parameters: [
                ParameterDescriptor("points", .integer(2...1_000), default: 50, "equally spaced costs")
            ],
            reads: [.seed, .trainCost],
            rules: Set(BudgetRule.allCases),
            revision: 2
        ),
    ]
}
