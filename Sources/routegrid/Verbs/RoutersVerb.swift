import ArgumentParser
import RouteGridBase
import RouterCatalog

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
        let console = output.console
        guard let kind else {
            let routers = RouterCatalog.descriptors
            console.emit(
                .array(routers.map(\.json)),
                table: CatalogPage.list(
                    routers.map { ($0.kind, $0.summary) },
                    of: "router",
                    bold: console.colorsData
                )
            )
            return
        }
        let router = try RouterCatalog.descriptor(of: kind, place: "routers")
        console.emit(.array([router.json]), table: page(router, bold: console.colorsData))
    }

    private func page(_ router: RouterDescriptor, bold: Bool) -> String {
        let reads = router.reads.names.map { $0.replacing("_", with: " ") }
        let rules = BudgetRule.allCases.filter(router.rules.contains).map(\.rawValue)
        return """
            \(router.kind): \(router.summary)
            source: \(router.source)
            reads besides outcomes: \(reads.isEmpty ? "nothing" : reads.joined(separator: ", "))
            budget rules: \(rules.joined(separator: ", "))

            \(CatalogPage.parameters(router.parameters, bold: bold))
            """
    }
}
