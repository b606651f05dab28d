package import RouteGridBase

/// Routers that are programs of their own.
extension RouterCatalog {
    /// The kind of routers that a program computes.
    package static let programKind = "exec"
    /// The parameter that names the program.
    package static let commandParameter = "command"
    /// The parameter that the program is given as it is.
    package static let argumentsParameter = "arguments"
    /// The parameter that says whether the same input gives the same answer.
    package static let deterministicParameter = "deterministic"
    /// The parameter that says whether the program's fit is kept apart from its answers.
    package static let keepParameter = "keep"
    /// Stands where a parameter that may be absent is.
    package static let absent: JSONValue = "none"

    /// Whether a router, as a record or a fit shows it, may give another result each time: its first one counts, and no
    /// other is compared with it.
    package static func isNondeterministic(_ router: JSONValue?) -> Bool {
        router?["kind"]?.stringValue == programKind && router?[deterministicParameter] == .bool(false)
    }

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
                ParameterDescriptor(
                    "arguments",
                    .text,
                    default: absent,
                    "what the program is given besides, NAME=VALUE,… (a list of such texts is an axis)"
                ),
                ParameterDescriptor(
                    "inputs",
                    .file,
                    default: absent,
                    "a file for the program, such as a zip of samples.csv and pictures; it travels by its digest"
                ),
                ParameterDescriptor(
                    keepParameter,
                    .flag,
                    default: false,
                    "true: the program is called as `fit` and then as `predict`, and `export fit` takes its fit out"
                ),
                ParameterDescriptor(
                    deterministicParameter,
                    .flag,
                    default: true,
                    "false: each fit may give another result; the first one counts, and nothing is compared with it"
                ),
            ],
            reads: [.embeddings, .seed, .trainCost]
        )
    ]
}
