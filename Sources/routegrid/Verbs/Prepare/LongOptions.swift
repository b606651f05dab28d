import ArgumentParser
import RouteGridBase
import RoutingData

/// What files with one row a query and model are like.
struct LongOptions: ParsableArguments {
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

    @Option(
        help: ArgumentHelp(
            "Texts that stand for a missing number, such as NaN,NA,null; may be given again.",
            valueName: "texts"
        )
    )
    var missing: [String] = []

    @Option(help: "What two rows of one query and model are: refused, trials (their mean is taken) or first.")
    var repeats: LongForm.Repeats?

    @Option(help: ArgumentHelp("Rows that count: FIELD=VALUE; may be given again, all must hold.", valueName: "test"))
    var `where`: [String] = []

    @Option(help: ArgumentHelp("The list of the rows within a JSON document.", valueName: "path"))
    var rows: String?

    @Option(help: "What joins the rows of a query: id or text.")
    var join: JoinKey = .id

    enum JoinKey: String, CaseIterable, ExpressibleByArgument { case id, text }

    /// Whether the files are said to be such files at all.
    var isGiven: Bool { preset != nil || !map.isEmpty }

    /// Whether nothing is said about such files.
    var isPlain: Bool {
        !isGiven && scale == nil && values == nil && missing.isEmpty && repeats == nil && `where`.isEmpty && rows == nil
            && join == .id
    }

    func validate() throws {
        if let scale, !(scale.isFinite && scale > 0) { throw ValidationError("--scale: expected a number above 0.") }
        for test in `where` where !test.contains("=") {
            throw ValidationError("--where: expected FIELD=VALUE, found \"\(test)\".")
        }
    }

    func read(
        _ files: [String],
        _ form: LongForm,
        format: TableFormat,
        labels: ImportLabels
    ) throws(RouteGridError) -> (dataset: Dataset, report: ValidationReport) {
        if preset == "routereval" {
            guard files.count == 1 else {
                throw RouteGridError(.usage, "--preset routereval reads one .npz file, found \(files.count)")
            }
            return try RouterEvalImporter(file: files[0], scale: form.scale, labels: labels).read()
        }
        return try LongImporter(
            files: files,
            form: form,
            joinsByText: join == .text,
            format: format,
            labels: labels
        ).read()
    }

    func form() throws(RouteGridError) -> LongForm {
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
        form.missing = Set(missing.flatMap { $0.split(separator: ",").map { String($0).withoutOuterBlanks } })
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
