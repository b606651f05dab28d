import ArgumentParser
import RouteGridBase
import RoutingData

/// `routegrid import long`.
struct ImportLong: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "long",
        abstract: "Imports files with one row a query and model: CSV, TSV, JSON lines, JSON, xlsx, all also gzipped.",
        discussion: """
            Give files, folders or patterns, and a preset or a map. A map names the column, or the dotted path, of query, \
            model, served (the model that answered, where it may be another), score, cost, tokens_in, tokens_out, latency, \
            trial, dataset, group, id and image; model, score and query or id are needed. Rows of one query are joined by \
            id, without one by text. In paths, * stands for every model: score=results.*.acc,model=* for nested members, \
            score=*_acc,model=* for columns, score=*,model=* for all columns that the map does not name. @file and @folder \
            are names of the file and of its folder. With a preset, the map changes single fields.

            Scores are 0…1; --scale and --values say what else they are. Of several trials the mean is kept, with their \
            number and spread. A missing score or cost is a missing outcome; --missing says which texts stand for one. \
            Without costs, tokens in and out let a price sheet make them; without either, every answer costs 1 call.

            Presets:
            \(LongPreset.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

            Examples:
              routegrid import long results/ --preset lm-eval --map score=acc --out mine
              routegrid import long a.csv b.csv --scale 100 --out mine \\
                --map query=prompt,model=llm,score=grade,cost=usd
            """
    )

    @Argument(help: ArgumentHelp("Files, folders, patterns.", valueName: "files"))
    var files: [String]

    @OptionGroup var long: LongOptions
    @OptionGroup var options: ImportOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard long.isGiven else { throw ValidationError("Give --preset NAME or --map FIELD=COLUMN,….") }
    }

    func run() throws {
        let form = try long.form()
        try options.run(output) {
            try long.read(files, form, format: options.format, labels: options.labels)
        }
    }
}
