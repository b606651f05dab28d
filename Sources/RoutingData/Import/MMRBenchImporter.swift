package import RouteGridBase

/// Imports MMR-Bench's tables: the merged CSV, or a folder with one CSV a dataset.
///
/// The merged form has `dataset_idx`, `question`, `answer` and, a model, `M_prediction`, `M_correct`, `M_token`,
/// `M_cost`. The other form has `question`, `answer`, `img_path`, `M_correct`, `M_cost` in `<name, lower case>.csv`; a
/// column `dataset_idx` is not read there.
/// `M_token` counts answer tokens and becomes `tokens_out`. `M_correct` is a number, or `True` or `False`: the
/// benchmark's own script that adds a model writes these.
package struct MMRBenchImporter: Sendable {
    package enum Source: Sendable {
        case merged(String)
        case folder(String, datasets: [String])
    }

    package var source: Source
    package var text: String?
    package var image: String?
    /// Columns that are left out.
    package var ignored: [String]
    /// How the tables are written.
    package var format: TableFormat
    package var labels: ImportLabels

    package init(
        source: Source,
        text: String? = nil,
        image: String? = nil,
        ignored: [String] = [],
        format: TableFormat = TableFormat(),
        labels: ImportLabels
    ) {
        self.source = source
        self.text = text
        self.image = image
        self.ignored = ignored
        self.format = format
        self.labels = labels
    }

    /// The datasets of the published table; where one's images have another folder name, that one.
    static let imageFolders = [
        "OCRBench": "OCRBench", "SEEDBench2_Plus": "SEEDBenchv2Plus", "MMStar": "MMStar", "RealWorldQA": "RealWorldQA",
        "MathVista": "MathVista", "MathVerse": "MathVerse", "MathVision": "MathVision",
    ]

    private struct Part {
        var models: [String]
        var table: CSVTable
        var place: String { table.place }
        var samples: [DatasetSample]
        var outcomes: OutcomeMatrices
        var tokensOut: Matrix<Double>?
    }

    /// Reads everything; writes nothing.
    ///
    /// - Throws: `badInput` with file, line and column; also when two files have other models.
    package func read() throws(RouteGridError) -> (dataset: Dataset, report: ValidationReport) {
        let labels = try labels.checked()
        var problems = ProblemList()
        var parts: [Part] = []
        switch source {
        case .merged(let path):
            if let part = problems.attempt({ () throws(RouteGridError) in try merged(path) }) { parts.append(part) }
        case .folder(let root, let datasets):
            for name in datasets {
                if let problem = NameRule.problem(name) {
                    throw RouteGridError(.usage, "the dataset's name \(JSONValue.string(name).jsonText) \(problem)")
                }
                let part = problems.attempt { () throws(RouteGridError) in try single(name, root: root) }
                if let part { parts.append(part) }
            }
        }
        guard let first = parts.first else {
            try problems.throwIfAny()
            throw .badInput("mmrbench", "no dataset named")
        }
        for part in parts where part.models != first.models {
            let odd = Set(part.models).symmetricDifference(first.models).sorted(by: Dataset.inCodePointOrder)
            for model in odd {
                problems.add(
                    .badInput("\(part.place):1", "model \"\(model)\" is not in both this file and \(first.place)")
                )
            }
        }
        for problem in ModelColumns.absent(ignored, in: parts.map(\.table)) { problems.add(problem) }
        let samples = parts.flatMap(\.samples)
        let tokens = parts.compactMap(\.tokensOut)
        let (count, place) = (samples.count, first.place)
        // Rows of tables that cannot be read are not counted: embeddings are checked when all are whole.
        try problems.throwIfAny()
        let texts = problems.attempt { () throws(RouteGridError) in try embedding(text, count: count, source: place) }
        let images = problems.attempt { () throws(RouteGridError) in try embedding(image, count: count, source: place) }
        try problems.throwIfAny()
        let dataset = Dataset(
            name: labels.name,
            models: first.models,
            costUnit: labels.costUnit,
            provenance: labels.provenance,
            licence: labels.licence,
            samples: samples,
            quality: Self.stacked(parts.map(\.outcomes.quality)),
            cost: Self.stacked(parts.compactMap(\.outcomes.cost)),
            text: texts ?? [:],
            image: images ?? [:],
            tokensOut: tokens.count == parts.count ? Self.stacked(tokens) : nil
        )
        return (dataset, ValidationReport(of: dataset))
    }

    private func merged(_ path: String) throws(RouteGridError) -> Part {
        let table = try CSVTable(importing: path, format: format)
        guard table.count > 0 else { throw .badInput(path, "no rows below the header") }
        let index = try SampleIndex(table, column: "dataset_idx")
        let questions = try table.requiredColumn("question")
        var samples: [DatasetSample] = []
        for (row, id) in index.ids.enumerated() {
            guard let (dataset, rest) = Self.parts(ofIndex: id) else {
                let column = try table.requiredColumn("dataset_idx")
                throw table.failure(row, column, "expected DATASET_NUMBER, found \"\(id)\"")
            }
            samples.append(
                DatasetSample(
                    sample: Sample(id: id, dataset: dataset, group: id),
                    question: try table.text(row, questions),
                    image: "\(Self.imageFolders[dataset] ?? dataset)/\(rest).jpg"
                )
            )
        }
        return try part(table, samples: samples, others: ["dataset_idx", "question", "answer"])
    }

    private func single(_ name: String, root: String) throws(RouteGridError) -> Part {
        let table = try CSVTable(importing: "\(root)/\(name.lowercased()).csv", format: format)
        guard table.count > 0 else { throw .badInput(table.place, "no rows below the header") }
        let questions = try table.requiredColumn("question")
        var samples: [DatasetSample] = []
        for row in 0..<table.count {
            let id = "\(name)_\(row)"
            var image = ""
            if let column = table.column("img_path") { image = try table.text(row, column) }
            samples.append(
                DatasetSample(
                    sample: Sample(id: id, dataset: name, group: id),
                    question: try table.text(row, questions),
                    // An absolute path stands for itself.
                    image: image.isEmpty || image.hasPrefix("/") ? image : "\(name)/\(image)"
                )
            )
        }
        return try part(table, samples: samples, others: ["dataset_idx", "question", "answer", "img_path"])
    }

    private func part(
        _ table: CSVTable,
        samples: [DatasetSample],
        others: Set<String>
    ) throws(RouteGridError) -> Part {
        let columns = try ModelColumns(
            table,
            endings: ModelColumns.mmrBenchEndings,
            others: others,
            ignored: Set(ignored)
        )
        guard columns.has(.cost) else { throw .badInput("\(table.place):1", "no costs: expected columns MODEL_cost") }
        let tokens = try columns.tokens(of: columns.models, rows: Array(samples.indices))
        return Part(
            models: columns.models,
            table: table,
            samples: samples,
            outcomes: try columns.outcomes(.bool),
            tokensOut: tokens.tokensOut
        )
    }

    /// `MathVerse_12` as `MathVerse` and `12`: the longest known name wins, else the last underscore divides.
    static func parts(ofIndex index: String) -> (dataset: String, rest: String)? {
        let known = imageFolders.keys.filter { index.hasPrefix($0 + "_") }.max { $0.count < $1.count }
        let end = known.map { index.index(index.startIndex, offsetBy: $0.count) } ?? index.lastIndex(of: "_")
        guard let end, end > index.startIndex, case let rest = index[index.index(after: end)...], !rest.isEmpty else {
            return nil
        }
        return (String(index[..<end]), String(rest))
    }

    private static func stacked(_ matrices: [Matrix<Double>]) -> Matrix<Double> {
        Matrix(
            rows: matrices.reduce(0) { $0 + $1.rows },
            columns: matrices.first?.columns ?? 0,
            elements: matrices.flatMap(\.elements)
        )
    }

    private func embedding(
        _ path: String?,
        count: Int,
        source: String
    ) throws(RouteGridError) -> [String: Matrix<Float>] {
        guard let path else { return [:] }
        return [labels.encoder: try EmbeddingFile.read(path, samples: count, source: source)]
    }
}
