import Catalog
import RouteGridBase

/// The entries of the catalog, as pages for a terminal: one line per entry, or all about one of them.
enum CatalogPage {
    /// One entry of a list of the catalog.
    struct Entry {
        let name: String
        let summary: String
        let source: String
        /// Nil for what has none by its nature.
        let parameters: [ParameterDescriptor]?
        let json: JSONValue
        /// Lines between the source and the parameters, each ended by a newline.
        var facts = ""
        /// The summary on the line of a list, where all of it is too long.
        var brief: String?
    }

    /// Writes all entries, or the one that was chosen.
    static func emit(_ entries: [Entry], of title: String, chosen: Entry?, on console: Console) {
        guard let chosen else {
            var table = TextTable(title, "what it does")
            for entry in entries { table.add(entry.name, entry.brief ?? entry.summary) }
            console.emit(.array(entries.map(\.json)), table: table.wrapped().rendered(bold: console.colorsData))
            return
        }
        console.emit(
            .array([chosen.json]),
            table: """
                \(TextTable.lines(of: "\(chosen.name): \(chosen.summary)", width: 80).joined(separator: "\n"))
                source: \(chosen.source)
                \(chosen.facts)\(parameters(chosen.parameters, bold: console.colorsData))
                """
        )
    }

    /// Parameters with their values and defaults.
    private static func parameters(_ parameters: [ParameterDescriptor]?, bold: Bool) -> String {
        guard let parameters else { return "" }
        guard !parameters.isEmpty else { return "\nNo parameters.\n" }
        var table = TextTable("parameter", "value", "default", "what it is")
        for parameter in parameters {
            table.add(
                parameter.name,
                parameter.domain.expectation,
                parameter.defaultValue?.jsonText ?? "none: give it",
                parameter.summary
            )
        }
        return "\n" + table.wrapped().rendered(bold: bold)
    }
}
