import ArgumentParser

/// What a board has, for use elsewhere.
struct ExportVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a row's fitted router to a file, for use without the grid.",
        discussion: """
            Example:
              routegrid export fit out/demo#digits/linear --grid jobs/demo.yaml --out linear.safetensors
            """,
        subcommands: [ExportFit.self]
    )
}
