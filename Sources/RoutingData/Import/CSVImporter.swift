package import RouteGridBase

/// Imports a plain table: one row a sample, a pair of columns `MODEL_correct`, `MODEL_cost` a model.
///
/// Other columns of the table, all optional: `sample_id` (without it samples are numbered from 1), `dataset` (without it
/// the name of the import), `group` (without it the sample id), `question`, `image`, `MODEL_tokens_in`,
/// `MODEL_tokens_out`, `MODEL_tokens_total`.
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
    package var labels: ImportLabels

    package init(
        outcomes: String,
        text: String? = nil,
        image: String? = nil,
        meta: String? = nil,
        tokens: String? = nil,
        group: String? = nil,
        ignored: [String] = [],
        labels: ImportLabels
    ) {
        self.outcomes = outcomes
        self.text = text
        self.image = image
        self.meta = meta
        self.tokens = tokens
        self.group = group
        self.ignored = ignored
        self.labels = labels
    }

    private static let sampleColumns: Set = ["sample_id", "dataset", "group", "question", "image"]

    /// Reads everything; writes nothing.
    ///
    /// - Throws: `badInput` with file, line and column.
    package func read() throws(RouteGridError) -> (dataset: Dataset, report: ValidationReport) {
        let table = try PickleFile.table(outcomes)
        guard table.count > 0 else { throw .badInput(outcomes, "no rows below the header") }
        var others = Self.sampleColumns
        if let group, table.column(group) != nil { others.insert(group) }
        let columns = try ModelColumns(
            table,
            endings: ModelColumns.tokenEndings + ModelColumns.outcomeEndings,
            others: others,
            ignored: ignored
        )
        let hasIDs = table.column("sample_id") != nil
        let ids = hasIDs ? try SampleIndex(table).ids : (1...table.count).map(String.init)
        let measured = try columns.outcomes()
        let facts = try SampleFacts(ids: ids, table: table, meta: meta, place: outcomes)
        let counts = try tokenCounts(columns, ids: ids)
        let dataset = Dataset(
            name: labels.name,
            models: columns.models,
            costUnit: labels.costUnit,
            groups: facts.groupName(group),
            provenance: labels.provenance,
            licence: labels.licence,
            samples: try facts.samples(group: group) { _ in labels.name },
            quality: measured.quality,
            cost: measured.cost,
            text: try embedding(text, count: table.count),
            image: try embedding(image, count: table.count),
            tokensIn: counts.tokensIn,
            tokensOut: counts.tokensOut
        )
        var report = ValidationReport(of: dataset, wrongTotals: counts.wrongTotals)
        if !hasIDs { report.notes.append("no column sample_id: samples are numbered 1…\(table.count)") }
        return (dataset, report)
    }

    private func tokenCounts(_ columns: ModelColumns, ids: [String]) throws(RouteGridError) -> TokenMatrices {
        guard let tokens else { return try columns.tokens(of: columns.models, rows: Array(ids.indices)) }
        guard !columns.has(.tokensIn), !columns.has(.tokensOut) else {
            throw .badInput(tokens, "token columns are in \(outcomes) too: expected them in one file")
        }
        let index = try SampleIndex(try PickleFile.table(tokens))
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
