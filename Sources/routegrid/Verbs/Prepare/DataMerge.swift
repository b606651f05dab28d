import ArgumentParser
import RouteGridBase
import RoutingData

/// `routegrid data merge`.
struct DataMerge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Puts datasets together: more models, more samples, more embeddings.",
        discussion: """
            Samples are one by their id, models by their name. What two datasets both say must be the same; an outcome that \
            none has is missing. An embedding needs a row for every sample. The first dataset gives the name, provenance and \
            licence are those of all.

            Examples:
              routegrid data merge mine new-model --out mine-and-new
              routegrid data merge part-1 part-2 part-3 --name all --out all
            """
    )

    @Argument(help: ArgumentHelp("Dataset folders, at least two.", valueName: "dirs"))
    var folders: [String]

    @Option(help: ArgumentHelp("The dataset folder to write; an existing dataset is replaced.", valueName: "dir"))
    var out: String

    @Option(help: "The dataset's name; without it, that of the first.")
    var name: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard folders.count > 1 else { throw ValidationError("Give at least two dataset folders.") }
    }

    func run() throws {
        try Dataset.checkWritable(out)
        var merged = try Dataset.load(folder: folders[0])
        for folder in folders.dropFirst() {
            merged = try merged.merged(with: Dataset.load(folder: folder), place: folder)
        }
        if let name { merged.name = name }
        try merged.write(to: out)
        let report = ValidationReport(of: merged)
        output.console.emit(report.json, table: report.text)
        output.console.note("wrote \(out)")
    }
}
