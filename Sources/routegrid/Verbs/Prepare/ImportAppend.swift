import ArgumentParser
import RouteGridBase
import RoutingData

/// `routegrid import append`.
struct ImportAppend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append",
        abstract: "Adds models, samples or embeddings of further files to a dataset folder.",
        discussion: """
            With --preset or --map the files are as for import long, without both each is a table as for import csv. \
            Samples are one by their id; where the files give none, by their question. An outcome that dataset and files \
            both have must be the same number: nothing is chosen between two, and nothing is written then.

            --text and --image are .npy files with a row a sample, in the order of the dataset's samples.csv, new ones \
            last. New samples need a row in every embedding: --drop-embeddings leaves out those that have none, for \
            routegrid embed to make them again.

            Examples:
              routegrid import append mine new-model.jsonl --map id=id,model=@file,score=acc,cost=usd
              routegrid import append mine more.csv --drop-embeddings
              routegrid import append mine --text e5.npy --encoder e5
            """
    )

    @Argument(help: ArgumentHelp("The dataset folder.", valueName: "dir"))
    var folder: String

    @Argument(help: ArgumentHelp("Files; with --preset or --map folders and patterns, too.", valueName: "files"))
    var files: [String] = []

    @OptionGroup var long: LongOptions

    @Option(help: ArgumentHelp("Text embeddings of all samples.", valueName: "npy"))
    var text: String?

    @Option(help: ArgumentHelp("Image embeddings of all samples.", valueName: "npy"))
    var image: String?

    @Option(help: "The name under which embeddings are stored.")
    var encoder = "default"

    @Flag(help: "Leave out embeddings that lack a row for new samples.")
    var dropEmbeddings = false

    @Option(help: "What costs are counted in; without it, what those of the dataset are.")
    var costUnit: String?

    @Option(help: "Where the data of the files are from, in words; without it, from where those of the dataset are.")
    var provenance: String?

    @Option(help: "The terms the data of the files may be used under; without it, those of the dataset.")
    var licence: String?

    @Option(help: ArgumentHelp("Another dataset folder to write; without it, the dataset changes.", valueName: "dir"))
    var out: String?

    @OptionGroup var table: TableOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !files.isEmpty || text != nil || image != nil else {
            throw ValidationError("Give files, --text or --image.")
        }
        guard long.isGiven || long.isPlain else {
            throw ValidationError("--scale, --values and the like need --preset NAME or --map FIELD=COLUMN,….")
        }
    }

    func run() throws {
        let form = long.isGiven ? try long.form() : nil
        try Dataset.checkWritable(out ?? folder)
        let before = try Dataset.load(folder: folder)
        let labels = try ImportLabels(
            name: before.name,
            costUnit: costUnit ?? before.costUnit ?? "USD",
            provenance: provenance ?? before.provenance,
            licence: licence ?? before.licence,
            encoder: encoder
        ).checked()
        var data = before
        var notes: [String] = []
        if let form {
            if !files.isEmpty {
                let read = try long.read(files, form, format: table.format, labels: labels)
                try add(read, to: &data, &notes)
            }
        } else {
            for file in files {
                let importer = CSVImporter(outcomes: file, format: table.format, labels: labels)
                try add(try importer.read(), to: &data, &notes)
            }
        }
        try embed(&data)
        try data.write(to: out ?? folder)
        var report = ValidationReport(of: data)
        report.notes += notes
        let models = data.models.count - before.models.count
        let samples = data.samples.count - before.samples.count
        report.notes.append("added: models \(models), samples \(samples)")
        output.console.emit(report.json, table: report.text)
        output.console.note("wrote \(out ?? folder)")
    }

    private func add(
        _ read: (dataset: Dataset, report: ValidationReport),
        to data: inout Dataset,
        _ notes: inout [String]
    ) throws(RouteGridError) {
        let place = files.count == 1 ? files[0] : "\(files.count) files"
        if dropEmbeddings {
            let known = Set(data.samples.map(\.sample.id))
            let isNew = read.report.isNumbered || read.dataset.samples.contains { !known.contains($0.sample.id) }
            if isNew { (data.text, data.image) = ([:], [:]) }
        }
        do throws(RouteGridError) {
            data = try data.appending(read.dataset, isNumbered: read.report.isNumbered, place: place)
        } catch {
            guard error.message.contains("embed both datasets") else { throw error }
            throw RouteGridError(
                error.code,
                error.message.replacing(
                    "embed both datasets with the same encoder first",
                    with: "--drop-embeddings leaves the embedding out, routegrid embed makes it again"
                )
            )
        }
        // Numbers of rows are no ids here.
        notes += read.report.notes.filter { !$0.contains("samples are numbered") }
        if read.report.isNumbered { notes.append("no ids: rows are joined with samples by their queries") }
    }

    private func embed(_ data: inout Dataset) throws(RouteGridError) {
        func read(_ path: String?, _ known: Matrix<Float>?) throws(RouteGridError) -> Matrix<Float>? {
            guard let path else { return known }
            let matrix = try EmbeddingFile.read(path, samples: data.samples.count, source: folder)
            guard known == nil || known?.elements == matrix.elements else {
                throw .badInput(
                    path,
                    "the dataset has another embedding \"\(encoder)\": expected a new name, such as --encoder "
                        + "\(encoder)-2"
                )
            }
            return matrix
        }
        data.text[encoder] = try read(text, data.text[encoder])
        data.image[encoder] = try read(image, data.image[encoder])
    }
}
