import ArgumentParser
import RouteGridBase
import RouterCatalog

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
        let console = output.console
        guard let kind else {
            let fusions = FusionCatalog.descriptors
            console.emit(
                .array(fusions.map(\.json)),
                table: CatalogPage.list(
                    fusions.map { ($0.kind, $0.summary) },
                    of: "fusion",
                    bold: console.colorsData
                )
            )
            return
        }
        let fusion = try FusionCatalog.descriptor(of: kind, place: "fusions")
        console.emit(.array([fusion.json]), table: page(fusion, bold: console.colorsData))
    }

    private func page(_ fusion: FusionDescriptor, bold: Bool) -> String {
        """
        \(fusion.kind): \(fusion.summary)
        source: \(fusion.source)

        \(CatalogPage.parameters(fusion.parameters, bold: bold))
        """
    }
}
