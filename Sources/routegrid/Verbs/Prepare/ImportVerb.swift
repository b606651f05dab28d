import ArgumentParser
import Foundation
import RouteGridBase
import RoutingData

/// Converts foreign tables into dataset folders.
struct ImportVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Imports measured outcomes into a dataset folder, with a validation report.",
        discussion: """
            All problems are listed at once, with file, line and column, and nothing is written then. The kind of a file is
            recognised by its bytes: Parquet, pickles and others are named, with the command that converts them.

            Examples:
              routegrid import csv --outcomes o.csv --text t.npy --image i.npy --out mine
              routegrid import long results/ --preset lm-eval --out mine
              routegrid import long r.jsonl --map query=prompt,model=name,score=acc --out mine
              routegrid import append mine new-model.jsonl --map query=prompt,model=name,score=acc
            """,
        subcommands: [
            ImportCSV.self, ImportLong.self, ImportAppend.self, ImportMMRBench.self, ImportVLRouterBench.self,
        ]
    )
}

/// How tables are written.
struct TableOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What stands between the fields of tables: comma (or semicolon, with --decimal comma), semicolon, tab or pipe.",
            valueName: "separator"
        )
    )
    var separator: TableFormat.Separator?

    @Option(help: "What stands before the fraction of numbers: point or comma.")
    var decimal = TableFormat.Decimal.point

    var format: TableFormat {
        TableFormat(separator: separator ?? (decimal == .comma ? .semicolon : .comma), decimal: decimal)
    }

    func validate() throws {
        if separator == .comma && decimal == .comma {
            throw ValidationError("--decimal comma needs another --separator than comma.")
        }
    }
}

/// The options that every import shares.
struct ImportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The dataset folder to write; an existing dataset is replaced.", valueName: "dir"))
    var out: String

    @Option(help: "The dataset's name; without it, the name of the folder.")
    var name: String?

    @Option(help: "What costs are counted in: USD (also written usd or $), MAC, J, ….")
    var costUnit = "USD"

    @Option(help: "Where the data are from, in words.")
    var provenance = "not stated"

    @Option(help: "The terms the data may be used under.")
    var licence = "not stated"

    @Option(help: "The name under which embeddings are stored.")
    var encoder = "default"

    @OptionGroup var table: TableOptions

    var format: TableFormat { table.format }

    var labels: ImportLabels {
        ImportLabels(
            name: name ?? URL(fileURLWithPath: out).lastPathComponent,
            costUnit: costUnit,
            provenance: provenance,
            licence: licence,
            encoder: encoder
        )
    }

    /// Reads, writes, reports.
    func run(
        _ output: OutputOptions,
        read: () throws -> (dataset: Dataset, report: ValidationReport)
    ) throws {
        _ = try labels.checked()
        try Dataset.checkWritable(out)
        let (dataset, report) = try read()
        try dataset.write(to: out)
        output.console.emit(report.json, table: report.text)
        output.console.note("wrote \(out)")
    }
}

extension TableFormat.Separator: ExpressibleByArgument {}
extension TableFormat.Decimal: ExpressibleByArgument {}
extension CorrectnessForm: ExpressibleByArgument {}

/// `routegrid import csv`.
struct ImportCSV: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "csv",
        abstract: "Imports a table with a pair of columns MODEL_correct, MODEL_cost for each model.",
        discussion: """
            Other columns, all optional: sample_id (without it samples are numbered from 1), dataset, group, question, \
            image, MODEL_tokens_in, MODEL_tokens_out, MODEL_tokens_total. A missing outcome leaves both cells of a pair \
            empty. Embeddings are .npy files of float16, float32 or float64, one row a row of the table. --map tells what \
            the table calls sample_id, dataset, group, question, image.

            Costs are 0, or 1e-18 to 1e18; token counts 0, or 1e-6 to 1e12. A table with tokens in and out of every model \
            may have no cost column: a grid then names a price sheet (prices: {sheet: FILE}), which makes the costs.

            Examples:
              routegrid import csv --outcomes o.csv --text t.npy --image i.npy --out mine
              routegrid import csv --outcomes o.csv --map sample_id=id,question=prompt --out mine
            """
    )

    @Option(help: ArgumentHelp("The table.", valueName: "csv"))
    var outcomes: String

    @Option(help: ArgumentHelp("Text embeddings.", valueName: "npy"))
    var text: String?

    @Option(help: ArgumentHelp("Image embeddings.", valueName: "npy"))
    var image: String?

    @Option(help: ArgumentHelp("A table with sample_id and more about samples: question, image, ….", valueName: "csv"))
    var meta: String?

    @Option(help: ArgumentHelp("A table with sample_id and the token columns.", valueName: "csv"))
    var tokens: String?

    @Option(
        help: ArgumentHelp("The column, of the table or of --meta, that names a sample's group.", valueName: "column")
    )
    var group: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Columns of the table to leave out; may be given again.", valueName: "column")
    )
    var ignore: [String] = []

    @Option(
        help: ArgumentHelp("What the table calls its columns: NAME=COLUMN,…; may be given again.", valueName: "names")
    )
    var map: [String] = []

    @Option(help: "How correctness is spelled: number, or bool, which also reads True as 1 and False as 0.")
    var values = CorrectnessForm.number

    @OptionGroup var options: ImportOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let renamed = try renamed()
        try options.run(output) {
            try CSVImporter(
                outcomes: outcomes,
                text: text,
                image: image,
                meta: meta,
                tokens: tokens,
                group: group,
                ignored: ignore,
                renamed: renamed,
                format: options.format,
                values: values,
                labels: options.labels
            ).read()
        }
    }

    private func renamed() throws -> [String: String] {
        let known = CSVImporter.sampleColumns.sorted()
        var renamed: [String: String] = [:]
        for entry in map.flatMap({ $0.split(separator: ",") }) {
            let sides = entry.split(separator: "=", maxSplits: 1).map { String($0).withoutOuterBlanks }
            guard sides.count == 2, known.contains(sides[0]), !sides[1].isEmpty,
                renamed.updateValue(sides[0], forKey: sides[1]) == nil
            else {
                throw RouteGridError(
                    .usage,
                    "--map: expected NAME=COLUMN with a name of \(known.joined(separator: ", ")), found \"\(entry)\""
                )
            }
        }
        return renamed
    }
}

/// `routegrid import mmrbench`.
struct ImportMMRBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mmrbench",
        abstract: "Imports MMR-Bench's merged table, or a folder with one table a dataset.",
        discussion: """
            Examples:
              routegrid import mmrbench --outcomes MMR-Bench.csv --out mmrbench
              routegrid import mmrbench --folder tables --dataset MMStar --out mmstar
            """
    )

    @Option(help: ArgumentHelp("The merged table, with dataset_idx.", valueName: "csv"))
    var outcomes: String?

    @Option(help: ArgumentHelp("A folder with one table a dataset, named in lower case.", valueName: "dir"))
    var folder: String?

    @Option(help: ArgumentHelp("A dataset of the folder; may be given again.", valueName: "name"))
    var dataset: [String] = []

    @Option(help: ArgumentHelp("Text embeddings.", valueName: "npy"))
    var text: String?

    @Option(help: ArgumentHelp("Image embeddings.", valueName: "npy"))
    var image: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Columns of the table to leave out; may be given again.", valueName: "column")
    )
    var ignore: [String] = []

    @OptionGroup var options: ImportOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (outcomes == nil) != (folder == nil) else {
            throw ValidationError("Give either --outcomes (the merged table) or --folder.")
        }
        guard (folder != nil) == !dataset.isEmpty else {
            throw ValidationError("--folder and --dataset go together.")
        }
    }

    func run() throws {
        let source: MMRBenchImporter.Source =
            outcomes.map { .merged($0) } ?? .folder(folder ?? "", datasets: dataset)
        try options.run(output) {
            try MMRBenchImporter(
                source: source,
                text: text,
                image: image,
                ignored: ignore,
                format: options.format,
                labels: options.labels
            ).read()
        }
    }
}
