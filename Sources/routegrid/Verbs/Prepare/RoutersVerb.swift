import ArgumentParser
import Catalog
import RouteGridBase

/// Prints the routers that a grid may name.
struct RoutersVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routers",
        abstract: "Lists the routers that a grid may name, or all about one of them.",
        discussion: """
            Each with its parameters, ranges and defaults, what its fit reads, and the paper that defines it.

            Examples:
              routegrid routers
              routegrid routers knn
              routegrid routers --output json
            """
    )

    @Argument(help: "One router; all of them when absent.")
    var kind: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        CatalogPage.emit(
            RouterCatalog.descriptors.map(entry),
            of: "router",
            chosen: try kind.map { entry(try RouterCatalog.descriptor(of: $0, place: "routers")) },
            on: output.console
        )
    }

    private func entry(_ router: RouterDescriptor) -> CatalogPage.Entry {
        let reads = router.reads.names.map { $0.replacing("_", with: " ") }
        let rules = BudgetRule.allCases.filter(router.rules.contains).map(\.rawValue)
        return CatalogPage.Entry(
            name: router.kind,
            summary: router.summary,
            source: router.source,
            parameters: router.parameters,
            json: router.json,
            facts: """
                reads besides outcomes: \(reads.isEmpty ? "nothing" : reads.joined(separator: ", "))
                budget rules: \(rules.joined(separator: ", "))

                """
        )
    }
}
