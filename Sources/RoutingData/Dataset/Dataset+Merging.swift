package import RouteGridBase

extension Dataset {
    /// This dataset with the samples, models and embeddings of another one.
    ///
    /// Samples are one by their id, models by their name. What both say must be the same: nothing is chosen between two
    /// numbers. Outcomes that neither has are missing. An embedding is kept when it has a row for every sample.
    ///
    /// - Parameters:
    ///   - other: what is added; its new samples follow those of this one, in its order.
    ///   - place: what error messages call `other`.
    /// - Returns: the dataset, with this one's name; provenance and licence are those of both.
    /// - Throws: `badInput` naming the sample, model or embedding on which they disagree.
    package func merged(with other: Dataset, place: String) throws(RouteGridError) -> Dataset {
        guard costUnit == other.costUnit else {
            let (own, theirs) = (costUnit ?? "none", other.costUnit ?? "none")
            throw .badInput(place, "costs in \(theirs), and those of \(name) in \(own): expected one unit")
        }
        let merge = DatasetMerge(self, other, place: place)
        try merge.checkSamples()
        return Dataset(
            name: name,
            models: merge.models,
            costUnit: costUnit,
            prices: prices == other.prices ? prices : nil,
            groups: Self.joined(groups, other.groups),
            provenance: Self.joined(provenance, other.provenance),
            licence: Self.joined(licence, other.licence),
            served: served == other.served
                ? served : served.merging(other.served) { $0.merging($1, uniquingKeysWith: +) },
            samples: merge.samples,
            quality: try merge.outcomes("quality", quality, other.quality),
            cost: try merge.outcomes("cost", cost, other.cost),
            text: try merge.embeddings("text", text, other.text),
            image: try merge.embeddings("image", image, other.image),
            tokensIn: try merge.outcomes("tokens_in", tokensIn, other.tokensIn),
            tokensOut: try merge.outcomes("tokens_out", tokensOut, other.tokensOut),
            tokensTotal: try merge.outcomes("tokens_total", tokensTotal, other.tokensTotal),
            latency: try merge.outcomes("latency", latency, other.latency),
            // A dataset without the tensor has one answer for each outcome.
            trials: try merge.outcomes("trials", counts(trials, other.trials), other.counts(other.trials, trials)),
            qualitySD: try merge.outcomes("quality_sd", qualitySD, other.qualitySD)
        )
    }

    /// Numbers of answers: as they are, or, where only the other dataset counts them, one for each outcome.
    private func counts(_ own: Matrix<Double>?, _ theirs: Matrix<Double>?) -> Matrix<Double>? {
        if own != nil || theirs == nil { return own }
        return Matrix(rows: quality.rows, columns: quality.columns, elements: quality.elements.map { $0.isNaN ? 0 : 1 })
    }

    private static func joined(_ left: String, _ right: String) -> String {
        left == right ? left : "\(left); \(right)"
    }
}

/// Where the samples and models of two datasets stand in one.
private struct DatasetMerge {
    let models: [String]
    let samples: [DatasetSample]
    private let place: String
    /// Both datasets' own samples, and their row and column numbers in the merged one.
    private let sides: [(samples: [DatasetSample], rows: [Int], columns: [Int])]

    init(_ left: Dataset, _ right: Dataset, place: String) {
        self.place = place
        let models = Set(left.models + right.models).sorted(by: Dataset.inCodePointOrder)
        let columns = Dictionary(uniqueKeysWithValues: models.enumerated().map { ($1, $0) })
        var rows: [String: Int] = [:]
        var samples: [DatasetSample] = []
        for sample in left.samples + right.samples {
            if let row = rows[sample.sample.id] {
                if samples[row].question.isEmpty { samples[row].question = sample.question }
                if samples[row].image.isEmpty { samples[row].image = sample.image }
            } else {
                rows[sample.sample.id] = samples.count
                samples.append(sample)
            }
        }
        (self.models, self.samples) = (models, samples)
        sides = [left, right].map { side in
            (
                samples: side.samples, rows: side.samples.compactMap { rows[$0.sample.id] },
                columns: side.models.compactMap { columns[$0] }
            )
        }
    }

    /// - Throws: `badInput` for a sample that the two datasets describe in two ways.
    func checkSamples() throws(RouteGridError) {
        for side in sides {
            for (own, row) in zip(side.samples, side.rows) {
                let merged = samples[row]
                for (what, left, right) in [
                    ("dataset", merged.sample.dataset, own.sample.dataset),
                    ("group", merged.sample.group, own.sample.group),
                    ("question", merged.question, own.question), ("image", merged.image, own.image),
                ] where left != right && !right.isEmpty {
                    let (left, right) = (SafeText.shortened(left, to: 60), SafeText.shortened(right, to: 60))
                    throw .badInput(
                        place,
                        "sample \"\(own.sample.id)\": \(what) \"\(right)\", and \"\(left)\" in the other dataset"
                    )
                }
            }
        }
    }

    /// A tensor `[samples, models]`; nil when neither dataset has it.
    ///
    /// - Throws: `badInput` for a number that both have and that differs.
    func outcomes(
        _ name: String,
        _ left: Matrix<Double>?,
        _ right: Matrix<Double>?
    ) throws(RouteGridError) -> Matrix<Double>? {
        guard left != nil || right != nil else { return nil }
        var merged = Matrix(repeating: Double.nan, rows: samples.count, columns: models.count)
        for (matrix, side) in zip([left, right], sides) {
            guard let matrix else { continue }
            for (row, target) in side.rows.enumerated() {
                for (column, place) in side.columns.enumerated() {
                    let (new, known) = (matrix[row, column], merged[target, place])
                    guard !new.isNaN else { continue }
                    // No answer in one dataset is no statement about those of the other.
                    if name == "trials", new == 0 || known == 0 {
                        merged[target, place] = max(new, known.isNaN ? 0 : known)
                        continue
                    }
                    guard known.isNaN || known == new else { throw conflict(name, target, place, known, new) }
                    merged[target, place] = new
                }
            }
        }
        if name == "trials" {
            for index in merged.elements.indices where merged.elements[index].isNaN { merged.elements[index] = 0 }
        }
        return merged
    }

    func outcomes(
        _ name: String,
        _ left: Matrix<Double>,
        _ right: Matrix<Double>
    ) throws(RouteGridError) -> Matrix<Double> {
        try outcomes(name, Optional(left), Optional(right)) ?? left
    }

    private func conflict(_ name: String, _ row: Int, _ column: Int, _ left: Double, _ right: Double) -> RouteGridError
    {
        .badInput(
            place,
            "sample \"\(samples[row].sample.id)\", model \"\(models[column])\": \(name) "
                + "\(JSONValue.shortestText(right)), and \(JSONValue.shortestText(left)) in the other dataset"
        )
    }

    /// - Throws: `badInput` for an embedding that lacks samples, or of which two rows of one sample differ.
    func embeddings(
        _ kind: String,
        _ left: [String: Matrix<Float>],
        _ right: [String: Matrix<Float>]
    ) throws(RouteGridError) -> [String: Matrix<Float>] {
        var merged: [String: Matrix<Float>] = [:]
        for name in Set(left.keys).union(right.keys).sorted() {
            merged[name] = try embedding("\(kind) embedding \"\(name)\"", [left[name], right[name]])
        }
        return merged
    }

    private func embedding(_ what: String, _ parts: [Matrix<Float>?]) throws(RouteGridError) -> Matrix<Float> {
        let widths = Set(parts.compactMap { $0?.columns })
        guard let width = widths.first, widths.count == 1 else {
            throw .badInput(place, "\(what): widths \(widths.sorted()): expected one")
        }
        var merged = Matrix(repeating: Float(0), rows: samples.count, columns: width)
        var isThere = [Bool](repeating: false, count: samples.count)
        for (matrix, side) in zip(parts, sides) {
            guard let matrix else { continue }
            for (row, target) in side.rows.enumerated() {
                guard !isThere[target] || merged.row(target).elementsEqual(matrix.row(row)) else {
                    throw .badInput(place, "\(what): sample \"\(samples[target].sample.id)\" has two different rows")
                }
                for column in 0..<width { merged[target, column] = matrix[row, column] }
                isThere[target] = true
            }
        }
        guard let absent = isThere.firstIndex(of: false) else { return merged }
        throw .badInput(
            place,
            "\(what): \(isThere.count { !$0 }) samples have none, such as \"\(samples[absent].sample.id)\": "
                + "embed both datasets with the same encoder first"
        )
    }
}
