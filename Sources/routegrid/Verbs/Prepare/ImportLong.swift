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
            trial, dataset, group, id and image; model, score and query or id are needed. Rows of one query are joined by id, without one by text. In paths, * stands for every model: \
            score=results.*.acc,model=*. @file and @folder are names of the file and of its folder. With a preset, the map \
            changes single fields.

            Scores are 0…1; --scale and --values say what else they are. Of several trials the mean is kept, with their \
            number and spread. A missing score or cost is a missing outcome. Without costs, tokens in and out let a price \
            sheet make them; without either, every answer costs 1 call.

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

    @Option(help: ArgumentHelp("A known layout; see above.", valueName: "name"))
    var preset: String?

    @Option(
        help: ArgumentHelp("Where fields stand: FIELD=COLUMN,…; may be given again.", valueName: "fields")
    )
    var map: [String] = []

    @Option(help: ArgumentHelp("What scores are divided by, such as 100.", valueName: "number"))
    var scale: Double?

    @Option(
        help: ArgumentHelp(
            "What texts are as scores: number, bool, cipn (C 1, P 0.5, I and N 0), or TEXT=SCORE,….",
            valueName: "form"
        )
    )
    var values: String?

    @Option(help: "What two rows of one query and model are: refused, trials (their mean is taken) or first.")
    var repeats: LongForm.Repeats?

    @Option(help: ArgumentHelp("Rows that count: FIELD=VALUE; may be given again, all must hold.", valueName: "test"))
    var `where`: [String] = []

    @Option(help: ArgumentHelp("The list of the rows within a JSON document.", valueName: "path"))
    var rows: String?

    @Option(help: "What joins the rows of a query: id or text.")
    var join: JoinKey = .id

    @OptionGroup var options: ImportOptions
    @OptionGroup var output: OutputOptions

    enum JoinKey: String, CaseIterable, ExpressibleByArgument { case id, text }

    func validate() throws {
        guard preset != nil || !map.isEmpty else {
            throw ValidationError("Give --preset NAME or --map FIELD=COLUMN,….")
        }
        if let scale, !(scale.isFinite && scale > 0) { throw ValidationError("--scale: expected a number above 0.") }
        for test in `where` where !test.contains("=") {
            throw ValidationError("--where: expected FIELD=VALUE, found \"\(test)\".")
        }
    }

    func run() throws {
        let form = try form()
        try options.run(output) {
            if preset == "routereval" {
                guard files.count == 1 else {
                    throw RouteGridError(.usage, "--preset routereval reads one .npz file, found \(files.count)")
                }
                return try RouterEvalImporter(file: files[0], scale: form.scale, labels: options.labels).read()
            }
            return try LongImporter(
                files: files,
                form: form,
                joinsByText: join == .text,
                format: options.format,
                labels: options.labels
            ).read()
        }
    }

    private func form() throws -> LongForm {
        var form = LongForm()
        if let preset {
            guard let known = LongPreset.named(preset) else {
                let names = LongPreset.all.map(\.name)
                throw RouteGridError(.usage, "unknown preset \"\(preset)\"\(NearestName.hint(preset, in: names))")
            }
            form = known.form
        }
        for entry in map { try form.map(entry) }
        if let scale { form.scale = scale }
        if let values { form.values = try ScoreForm(parsing: values) }
        if let repeats { form.repeats = repeats }
        if let rows { form.rows = FieldPath(rows) }
        for test in `where` {
            let sides = test.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            form.kept.append(.init(FieldPath(sides[0]), is: sides[1]))
        }
        return form
    }
}

extension LongForm.Repeats: ExpressibleByArgument {}
