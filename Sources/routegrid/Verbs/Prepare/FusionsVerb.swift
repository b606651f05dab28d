import ArgumentParser
import Catalog
import RouteGridBase

/// Prints the fusions that a grid may name.
struct FusionsVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fusions",
        abstract: "Lists the ways to make one vector of a text and an image embedding, or all about one of them.",
        discussion: """
            Examples:
              routegrid fusions
              routegrid fusions weighted
              routegrid fusions --output json
            """
    )

    @Argument(help: "One fusion; all of them when absent.")
    var kind: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        CatalogPage.emit(
            FusionCatalog.descriptors.map(entry),
            of: "fusion",
            chosen: try kind.map { entry(try FusionCatalog.descriptor(of: $0, place: "fusions")) },
            on: output.console
        )
    }

    private func entry(_ fusion: FusionDescriptor) -> CatalogPage.Entry {
        CatalogPage.Entry(
            name: fusion.kind,
            summary: fusion.summary,
            source: fusion.source,
            parameters: fusion.parameters,
            json: fusion.json
        )
    }
}
