import ArgumentParser
import RouteGridBase
import RoutingData

/// `routegrid data check`.
struct DataCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Says whether datasets can be used, what to look at first, and what routing could gain.",
        discussion: """
            What breaks the format is an error (code 65), with file, row and what was expected. What may mislead is a \
            warning: missing outcomes, models that answered little, costs of 0 or of one value, usage that does not add up, \
            repeated questions. With --strict a warning is an error, too (code 4).

            The quick look fits knn on five random splits; a board says it with intervals.

            Examples:
              routegrid data check jobs/data/mathvision15
              routegrid data check --strict mine yours
            """
    )

    @Argument(help: ArgumentHelp("Dataset folders.", valueName: "dirs"))
    var folders: [String]

    @Flag(help: "Warnings are errors.")
    var strict = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        var documents: [JSONValue] = []
        var text = ""
        var warned: [String] = []
        for folder in folders {
            let dataset = try Dataset.load(folder: folder)
            let report = ValidationReport(of: dataset)
            let gain = try RoutingGain(of: dataset)
            documents.append(["folder": .string(folder), "report": report.json, "quick_look": gain?.json ?? .null])
            text += (text.isEmpty ? "" : "\n") + report.text
            text += gain?.text ?? "quick look: none without embeddings: routegrid embed \(folder) --text tfidf\n"
            if !report.warnings.isEmpty { warned.append(folder) }
        }
        output.console.emit(["schema": "routegrid/data-check/v1", "datasets": .array(documents)], table: text)
        guard strict, let first = warned.first else { return }
        let rest = warned.count > 1 ? " and \(warned.count - 1) more" : ""
        throw RouteGridError(.checkFailed, "\(first)\(rest): there are warnings, and --strict was given")
    }
}
