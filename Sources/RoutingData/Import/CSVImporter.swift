package import RouteGridBase

/// Imports a plain table: one row a sample, a pair of columns `MODEL_correct`, `MODEL_cost` a model.
///
/// Other columns of the table, all optional: `sample_id` (without it samples are numbered from 1), `dataset` (without
/// it the name of the import), `group` (without it the sample id), `question`, `image`, `MODEL_tokens_in`,
/// `MODEL_tokens_out`, `MODEL_tokens_total`. A table with tokens in and out may have no cost at all: then a price sheet
/// makes the costs.
package struct CSVImporter: Sendable {
    /// The table.
    package var outcomes: String
    /// A `.npy` file with a text embedding a row of the table.
    package var text: String?
    /// A `.npy` file with an image embedding a row of the table.
    package var image: String?
    /// A table with `sample_id` and more columns about the samples: `question`, `image`, `dataset`, `group`.
    package var meta: String?
    /// A table with `sample_id` and the token columns, when they are not in the first one.
    package var tokens: String?
    /// The column (of the table or of `meta`) that says which group a sample belongs to.
    package var group: String?
    /// Columns of the table to be left out.
    package var ignored: [String]
    /// What the table calls `sample_id`, `dataset`, `group`, `question`, `image`, by its own names.
    package var renamed: [String: String]
    /// How the tables are written.
    package var format: TableFormat
    /// How correctness is spelled.
    package var values: CorrectnessForm
    package var labels: ImportLabels

    package init(
        outcomes: String,
        text: String? = nil,
        image: String? = nil,
        meta: String? = nil,
        tokens: String? = nil,
        group: String? = nil,
        ignored: [String] = [],
        renamed: [String: String] = [:],
        format: TableFormat = TableFormat(),
        values: CorrectnessForm = .number,
        labels: ImportLabels
    ) {
        self.outcomes = outcomes
        self.text = text
        self.image = image
        self.meta = meta
        self.tokens = tokens
        self.group = group
        self.ignored = ignored
        self.renamed = renamed
        self.format = format
        self.values = values
        self.labels = labels
    }

    /// The columns about samples.
    package static let sampleColumns: Set = ["sample_id", "dataset", "group", "question", "image"]

    /// Reads everything; writes nothing.
    ///
    /// - Throws: `badInput` with file, line and column of all that is wrong.
    package func read() throws(RouteGridError) -> (dataset: Dataset, report: ValidationReport) {
        let labels = try labels.checked()
        let table = try CSVTable(importing: outcomes, format: format, renamed: renamed)
        guard table.count > 0 else { throw .badInput(outcomes, "no rows below the header") }
        var problems = ProblemList()
        for problem in ModelColumns.absent(ignored, in: [table]) { problems.add(problem) }
        var others = Self.sampleColumns
        if let group, table.column(group) != nil { others.insert(group) }
        let columns = problems.attempt { () throws(RouteGridError) in
            try ModelColumns(
                table,
                endings: ModelColumns.tokenEndings + ModelColumns.outcomeEndings,
                others: others,
                ignored: Set(ignored),
                advice: "--map question=COLUMN names one that is called otherwise",
                otherForm: "a table with a row a query and model: routegrid import long \(ShellText.quoted(outcomes)) "
                    + "--map query=COLUMN,model=COLUMN,score=COLUMN,cost=COLUMN --out DIR"
            )
        }
        let hasIDs = table.column("sample_id") != nil
        let ids = problems.attempt { () throws(RouteGridError) in
            hasIDs ? try SampleIndex(table).ids : (1...table.count).map(String.init)
        }
        let measured = columns.flatMap { columns in
            problems.attempt { () throws(RouteGridError) in try columns.outcomes(values) }
        }
        let facts = ids.flatMap { ids in
            problems.attempt { () throws(RouteGridError) in
                try SampleFacts(ids: ids, table: table, meta: meta, format: format, place: outcomes)
            }
        }
        let samples = facts.flatMap { facts in
            problems.attempt { () throws(RouteGridError) in try facts.samples(group: group) { _ in labels.name } }
        }
        var counts: TokenMatrices?
        if let columns, let ids {
            counts = problems.attempt { () throws(RouteGridError) in try tokenCounts(columns, ids: ids) }
        }
        let texts = problems.attempt { () throws(RouteGridError) in try embedding(text, count: table.count) }
        let images = problems.attempt { () throws(RouteGridError) in try embedding(image, count: table.count) }
        if let measured, let counts, measured.cost == nil, counts.tokensIn == nil || counts.tokensOut == nil {
            problems.add(
                .badInput(
                    "\(outcomes):1",
                    "no costs: expected columns MODEL_cost, or MODEL_tokens_in and MODEL_tokens_out, of which a price sheet "
                        + "makes costs"
                )
            )
        }
        try problems.throwIfAny()
        guard let columns, let measured, let facts, let samples, let counts, let texts, let images else {
            throw .badInput(outcomes, "cannot be read")
        }
        let dataset = Dataset(
            name: labels.name,
            models: columns.models,
            costUnit: measured.cost == nil ? nil : labels.costUnit,
            groups: facts.groupName(group),
            provenance: labels.provenance,
            licence: labels.licence,
            samples: samples,
            quality: measured.quality,
            cost: measured.cost,
            text: texts,
            image: images,
            tokensIn: counts.tokensIn,
            tokensOut: counts.tokensOut,
            tokensTotal: counts.tokensTotal
        )
        var report = ValidationReport(of: dataset)
        if table.header[0].isEmpty { report.notes.append(LongTable.unnamedNote) }
        report.isNumbered = !hasIDs
        if !hasIDs { report.notes.append("no column sample_id: samples are numbered 1…\(table.count)") }
        return (dataset, report)
    }

    private func tokenCounts(_ columns: ModelColumns, ids: [String]) throws(RouteGridError) -> TokenMatrices {
        guard let tokens else { return try columns.tokens(of: columns.models, rows: Array(ids.indices)) }
        guard !columns.has(.tokensIn), !columns.has(.tokensOut) else {
            throw .badInput(tokens, "token columns are in \(outcomes) too: expected them in one file")
        }
        let index = try SampleIndex(try CSVTable(importing: tokens, format: format))
        let side = try ModelColumns(
            index.table,
            endings: ModelColumns.tokenEndings,
            others: ["sample_id"],
            ignored: []
        )
        return try side.tokens(of: columns.models, rows: try index.rows(of: ids))
    }

    private func embedding(_ path: String?, count: Int) throws(RouteGridError) -> [String: Matrix<Float>] {
        guard let path else { return [:] }
        return [labels.encoder: try EmbeddingFile.read(path, samples: count, source: outcomes)]
    }
}
