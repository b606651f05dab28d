import RouteGridBase
import RouterCatalog

/// What the catalog names, as pages for a terminal: one line an entry, or all about one of them.
struct CatalogPage {
    /// One line an entry.
    static func list(_ entries: [(name: String, summary: String)], of title: String, bold: Bool) -> String {
        var table = TextTable(title, "what it does")
        for entry in entries { table.add(entry.name, entry.summary) }
        return table.rendered(bold: bold)
    }

    /// Parameters with their values and defaults; nothing for none.
    static func parameters(_ parameters: [ParameterDescriptor], bold: Bool) -> String {
        guard !parameters.isEmpty else { return "No parameters.\n" }
        var table = TextTable("parameter", "value", "default", "what it is")
        for parameter in parameters {
            table.add(
                parameter.name,
                parameter.domain.expectation,
                parameter.defaultValue?.jsonText ?? "none: give it",
                parameter.summary
            )
        }
        return table.rendered(bold: bold)
    }
}
