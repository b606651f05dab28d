package import RouteGridBase

/// Imports VL-RouterBench's matrices: `Y.npz` (correctness, key `Y`) and `C.npy` (USD a sample), rows are samples.
///
/// The benchmark keeps names in pickles and facts in Parquet, which are not read: names come as JSON lists or one a
/// line, facts as a CSV with `sample_id` (columns `dataset`, `question`, `image` and the group's are used), embeddings
/// as `.npy`. Without facts a sample's dataset is what stands before the slash of its id.
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
    /// How the table of facts is written.
    package var format: TableFormat
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
        format: TableFormat = TableFormat(),
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
        self.format = format
        self.labels = labels
    }

    /// Reads everything; writes nothing.
    ///
    /// - Throws: `badInput` with the file of all that is wrong and, for values, row and model.
    package func read() throws(RouteGridError) -> (dataset: Dataset, report: ValidationReport) {
        let labels = try labels.checked()
        var problems = ProblemList()
        let readIDs = problems.attempt { () throws(RouteGridError) in try NameList.read(sampleNames) }
        let readNames = problems.attempt { () throws(RouteGridError) in try NameList.read(modelNames) }
        guard let ids = readIDs, let names = readNames else {
            try problems.throwIfAny()
            throw .badInput(sampleNames, "cannot be read")
        }
        let order = names.indices.sorted { Dataset.inCodePointOrder(names[$0], names[$1]) }
        let joined = problems.attempt { () throws(RouteGridError) in
            try SampleFacts(ids: ids, table: nil, meta: meta, format: format, place: sampleNames)
        }
        let listed = joined.flatMap { facts in
            problems.attempt { () throws(RouteGridError) in
                try facts.samples(group: group) { id in
                    id.firstIndex(of: "/").map { String(id[..<$0]) }.flatMap { $0.isEmpty ? nil : $0 } ?? labels.name
                }
            }
        }
        let qualities = problems.attempt { () throws(RouteGridError) in
            try matrix(quality, rows: ids.count, columns: names.count)
        }
        let costs = problems.attempt { () throws(RouteGridError) in
            try matrix(cost, rows: ids.count, columns: names.count)
        }
        if let qualities, let costs { check(qualities, costs, ids: ids, names: names, &problems) }
        let texts = problems.attempt { () throws(RouteGridError) in try embedding(text, count: ids.count) }
        let images = problems.attempt { () throws(RouteGridError) in try embedding(image, count: ids.count) }
        try problems.throwIfAny()
        guard let facts = joined, let samples = listed, let qualities, let costs, let texts, let images else {
            throw .badInput(quality, "cannot be read")
        }
        let dataset = Dataset(
            name: labels.name,
            models: order.map { names[$0] },
            costUnit: labels.costUnit,
            groups: facts.groupName(group),
            provenance: labels.provenance,
            licence: labels.licence,
            samples: samples,
            quality: qualities.columns(order),
            cost: costs.columns(order),
            text: texts,
            image: images
        )
        return (dataset, ValidationReport(of: dataset))
    }

    private func matrix(_ path: String, rows: Int, columns: Int) throws(RouteGridError) -> Matrix<Double> {
        let shape = [rows, columns]
        let bytes = try FileBytes.read(path)
        try PickleFile.refuse(bytes, place: path)
        let array: NumpyArray
        if bytes.starts(with: NumpyArchive.signature) {
            let archive = try NumpyArchive(bytes: bytes, place: path)
            array = try archive.array(archive.names.count == 1 ? archive.names[0] : "Y", shape: shape) { found in
                .badInput(path, Self.misfit(found, rows: rows, columns: columns))
            }
        } else {
            if let kind = FileKind.binary(bytes) ?? FileKind.text(bytes), !bytes.starts(with: NumpyArray.signature) {
                throw kind.refusal(place: path, expected: "a .npy or .npz file of numpy")
            }
            array = try NumpyArray(bytes: bytes, place: path)
        }
        guard array.shape == shape else {
            throw .badInput(path, Self.misfit(array.shape, rows: rows, columns: columns))
        }
        return try array.doubleMatrix()
    }

    private static func misfit(_ shape: [Int], rows: Int, columns: Int) -> String {
        let found = shape.map(String.init).joined(separator: " × ")
        return "shape \(found), but there are \(rows) sample and \(columns) model names"
    }

    /// A missing outcome is NaN in both matrices; integers cannot be missing.
    private func check(
        _ qualities: Matrix<Double>,
        _ costs: Matrix<Double>,
        ids: [String],
        names: [String],
        _ problems: inout ProblemList
    ) {
        for (index, (value, price)) in zip(qualities.elements, costs.elements).enumerated() {
            if value.isNaN && price.isNaN { continue }
            func cell() -> String {
                "sample \"\(ids[index / names.count])\", model \"\(names[index % names.count])\""
            }
            if !(value >= 0 && value <= 1) {
                problems.add(
                    .badInput(quality, "\(cell()): expected correctness 0…1, found \(JSONValue.shortestText(value))")
                )
            }
            if !ValueRange.cost.contains(price) {
                let found = JSONValue.shortestText(price)
                problems.add(
                    .badInput(cost, "\(cell()): expected a cost of \(ValueRange.cost.words), found \(found)")
                )
            }
        }
    }

    private func embedding(_ path: String?, count: Int) throws(RouteGridError) -> [String: Matrix<Float>] {
        guard let path else { return [:] }
        return [labels.encoder: try EmbeddingFile.read(path, samples: count, source: sampleNames)]
    }
}
