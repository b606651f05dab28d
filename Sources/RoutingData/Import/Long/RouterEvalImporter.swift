package import RouteGridBase

/// Imports RouterEval's `.npz`: `train_score`, `val_score`, `test_score` of shape `[prompts, models]` and, beside them,
/// `train_embed`, … of shape `[prompts, width]`.
///
/// There are no names, prompts and costs: models are `model-1`, …, samples `train/0`, …, and every answer costs one
/// call.
package struct RouterEvalImporter: Sendable {
    package var file: String
    /// What scores are divided by.
    package var scale: Double
    package var labels: ImportLabels

    package init(file: String, scale: Double = 1, labels: ImportLabels) {
        (self.file, self.scale, self.labels) = (file, scale, labels)
    }

    /// Reads everything; writes nothing.
    ///
    /// - Throws: `badInput` with array, row and column of what is wrong.
    package func read() throws(RouteGridError) -> (dataset: Dataset, report: ValidationReport) {
        let labels = try labels.checked()
        let archive = try NumpyArchive(bytes: try PackedFile.read(file), place: file)
        let parts = ["train", "val", "test"].filter { archive.names.contains("\($0)_score") }
        guard !parts.isEmpty else {
            throw .badInput(
                file,
                "no array train_score, val_score or test_score; known: \(archive.names.joined(separator: ", "))"
            )
        }
        var (scores, embeddings): ([Double], [Float]) = ([], [])
        var samples: [DatasetSample] = []
        var (models, width): (Int?, Int?) = (nil, nil)
        for part in parts {
            let matrix = try archive.array("\(part)_score").doubleMatrix()
            guard models == nil || models == matrix.columns else {
                throw .badInput(file, "\(part)_score has \(matrix.columns) models, the arrays before \(models ?? 0)")
            }
            models = matrix.columns
            for (index, value) in matrix.elements.enumerated() where !value.isNaN && !(0...1).contains(value / scale) {
                throw .badInput(
                    "\(file): \(part)_score",
                    "row \(index / matrix.columns), column \(index % matrix.columns) (from 0): expected a score 0…1, found "
                        + "\(JSONValue.shortestText(value)); --scale 100 divides scores by 100"
                )
            }
            scores += matrix.elements.map { $0 / scale + 0 }
            for row in 0..<matrix.rows {
                let id = "\(part)/\(row)"
                samples.append(DatasetSample(sample: Sample(id: id, dataset: labels.name, group: id)))
            }
            guard archive.names.contains("\(part)_embed") else { continue }
            let embedded = try archive.array("\(part)_embed").floatMatrix()
            guard embedded.rows == matrix.rows, width == nil || width == embedded.columns else {
                throw .badInput(
                    file,
                    "\(part)_embed is \(embedded.rows) × \(embedded.columns): expected \(matrix.rows) rows of width "
                        + "\(width ?? embedded.columns)"
                )
            }
            width = embedded.columns
            embeddings += embedded.elements
        }
        let count = models ?? 0
        let digits = String(count).count
        let hasEmbeddings = width.map { $0 * samples.count == embeddings.count } ?? false
        let quality = Matrix(rows: samples.count, columns: count, elements: scores)
        let dataset = Dataset(
            name: labels.name,
            models: (1...max(count, 1)).map { number in
                "model-" + String(repeating: "0", count: digits - String(number).count) + String(number)
            },
            costUnit: OutcomeCollector.callUnit,
            provenance: labels.provenance,
            licence: labels.licence,
            samples: samples,
            quality: quality,
            cost: Matrix(rows: samples.count, columns: count, elements: scores.map { $0.isNaN ? .nan : 1 }),
            text: hasEmbeddings
                ? [labels.encoder: Matrix(rows: samples.count, columns: width ?? 0, elements: embeddings)] : [:]
        )
        var report = ValidationReport(of: dataset)
        report.notes.append("neither costs nor tokens: every answer costs 1 call")
        return (dataset, report)
    }
}
