import RouteGridBase

/// Routers that are programs of their own.
extension RouterCatalog {
    /// The kind of routers that a program computes.
    package static let programKind = "exec"
    /// The parameter that names the program.
    package static let commandParameter = "command"

    static let external: [RouterDescriptor] = [
        RouterDescriptor(
            kind: programKind,
            summary: "a program of yours, in any language, on workers that allow it (--allow-exec NAME=PATH)",
            source: CatalogSource.routeGrid,
            parameters: [
                ParameterDescriptor(commandParameter, .text, default: nil, "the NAME that workers allow it under"),
                ParameterDescriptor(
                    "version",
                    .text,
                    default: nil,
                    "stands for the program in keys: another one where its results change"
                ),
            ],
            reads: [.embeddings, .seed, .trainCost]
        )
    ]
}
