package import RouteGridBase

/// Imports VL-RouterBench's matrices: `Y.npz` (correctness, key `Y`) and `C.npy` (USD a sample), rows are samples.
///
/// The benchmark keeps names in pickles and facts in Parquet, which are not read: names come as JSON lists or one a line,
/// facts as a CSV with `sample_id` (columns `dataset`, `question`, `image` and the group's are used), embeddings as
/// `.npy`. Without facts a sample's dataset is what stands before the slash of its id.
package struct VLRouterBenchImporter: Sendable {
    /// `Y.npz` or `Y.npy`, `[samples, models]`.
    package var quality: String
    /// `C.npy`, `[samples, models]`.
    package var cost: String
    /// The names of the rows.
    package var sampleNames: String
    /// The names of the columns.
    package var modelNames: String
    package var meta: String?
    package var group: String?
    package var text: String?
    package var image: String?
    package var labels: ImportLabels

    package init(
        quality: String,
        cost: String,
        sampleNames: String,
        modelNames: String,
        meta: String? = nil,
        group: String? = nil,
        text: String? = nil,
        image: String? = nil,
        labels: ImportLabels
    ) {
        self.quality = quality
        self.cost = cost
        self.sampleNames = sampleNames
        self.modelNames = modelNames
        self.meta = meta
        self.group = group
        self.text = text
        self.image = image
        self.labels = labels
    }

    /// Reads everything; writes nothing.
    ///
    /// - Throws: `badInput` with the file and, for a value, its row and model.
    package func read() throws(RouteGridError) -> (dataset: Dataset, report: ValidationReport) {
        let (ids, names) = (try NameList.read(sampleNames), try NameList.read(modelNames))
        let order = names.indices.sorted { Dataset.inCodePointOrder(names[$0], names[$1]) }
        let facts = try SampleFacts(ids: ids, table: nil, meta: meta, place: sampleNames)
        var measured = OutcomeMatrices(
            quality: try matrix(quality, rows: ids.count, columns: names.count),
            cost: try matrix(cost, rows: ids.count, columns: names.count)
        )
        try check(measured, ids: ids, names: names)
        measured.quality = measured.quality.columns(order)
        measured.cost = measured.cost.columns(order)
        let dataset = Dataset(
            name: labels.name,
            models: order.map { names[$0] },
            costUnit: labels.costUnit,
            groups: facts.groupName(group),
            provenance: labels.provenance,
            licence: labels.licence,
            samples: try facts.samples(group: group) { id in
                id.firstIndex(of: "/").map { String(id[..<$0]) }.flatMap { $0.isEmpty ? nil : $0 } ?? labels.name
            },
            quality: measured.quality,
            cost: measured.cost,
            text: try embedding(text, count: ids.count),
            image: try embedding(image, count: ids.count)
        )
        return (dataset, ValidationReport(of: dataset))
    }

    private func matrix(_ path: String, rows: Int, columns: Int) throws(RouteGridError) -> Matrix<Double> {
        let array: NumpyArray
        if path.hasSuffix(".npz") {
            let archive = try NumpyArchive(file: path)
            array = try archive.array(archive.names.count == 1 ? archive.names[0] : "Y")
        } else {
            array = try NumpyArray(file: path)
        }
        let matrix = try array.doubleMatrix()
        guard matrix.rows == rows, matrix.columns == columns else {
            throw .badInput(
                path,
                "shape \(matrix.rows) × \(matrix.columns), but there are \(rows) sample and \(columns) model names"
            )
        }
        return matrix
    }

    /// A missing outcome is NaN in both matrices; integers cannot be missing.
    private func check(_ measured: OutcomeMatrices, ids: [String], names: [String]) throws(RouteGridError) {
        for (index, (value, price)) in zip(measured.quality.elements, measured.cost.elements).enumerated() {
            if value.isNaN && price.isNaN { continue }
            let cell = "sample \"\(ids[index / names.count])\", model \"\(names[index % names.count])\""
            guard value >= 0, value <= 1 else {
                throw .badInput(quality, "\(cell): expected correctness 0…1, found \(JSONValue.shortestText(value))")
            }
            guard price >= 0, price.isFinite else {
                throw .badInput(cost, "\(cell): expected a cost of 0 or more, found \(JSONValue.shortestText(price))")
            }
        }
    }

    private func embedding(_ path: String?, count: Int) throws(RouteGridError) -> [String: Matrix<Float>] {
        guard let path else { return [:] }
        return [labels.encoder: try EmbeddingFile.read(path, samples: count, source: sampleNames)]
    }
}
