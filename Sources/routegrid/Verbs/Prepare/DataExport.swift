import Aggregator
import ArgumentParser
import Foundation
import RouteGridBase
import RoutingData

/// `routegrid data export`.
struct DataExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a dataset's outcomes as CSV or JSON lines, for other programs and to be imported again.",
        discussion: """
            wide is a row a sample with columns MODEL_correct, MODEL_cost, …, long a row a sample and model, jsonl the same \
            as JSON lines. Numbers read back to the same bits; a missing outcome is an empty field, or absent. Embeddings \
            stay in tensors.safetensors, which the Python package safetensors reads.

            Examples:
              routegrid data export jobs/data/mathvision15 --form long --out long.csv
              routegrid data export jobs/data/mathvision15 --form jsonl | jq .score
            """
    )

    @Argument(help: ArgumentHelp("A dataset folder.", valueName: "dir"))
    var folder: String

    @Option(help: "wide, long or jsonl.")
    var form = DatasetForm.long

    @Option(help: ArgumentHelp("The file to write; without it, stdout.", valueName: "file"))
    var out: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let dataset = try Dataset.load(folder: folder)
        let bytes = form.bytes(of: dataset)
        let console = output.console
        let left = form.leftOut(of: dataset)
        if !left.isEmpty { console.note("no columns for \(left.joined(separator: ", ")): --form long has them") }
        guard let out else { return Console.writeData(String(decoding: bytes, as: UTF8.self)) }
        let file = URL(fileURLWithPath: out)
        try OutputFolder(path: file.deletingLastPathComponent().path).write(bytes, to: file.lastPathComponent)
        console.note("wrote \(out); back again: \(form.importCommand(of: dataset, file: out))")
    }
}

extension DatasetForm: ExpressibleByArgument {}
