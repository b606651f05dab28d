package import RouteGridBase

/// A row of a dataset: who it is, and what people may look at.
package struct DatasetSample: Hashable, Sendable {
    package var sample: Sample
    /// The text that was asked; empty when it is not known.
    package var question: String
    /// Where the image is, relative to nothing in particular; empty when there is none.
    package var image: String

    package init(sample: Sample, question: String = "", image: String = "") {
        self.sample = sample
        self.question = question
        self.image = image
    }
}

/// Measured outcomes of a pool of models on samples, with embeddings and where it all came from: one dataset folder.
package struct Dataset: Sendable, Equatable {
    package var name: String
    /// In code-point order.
    package var models: [String]
    /// `USD`, `MAC`, `J`, …; nil when there are no costs.
    package var costUnit: String?
    /// The prices the costs were made with, when known.
    package var prices: JSONValue?
    /// What a sample's group is: `sample_id` when every sample stands alone, else the name of what is shared, such as
    /// `task`.
    package var groups: String
    /// Where the data are from, in words.
    package var provenance: String
    package var licence: String
    /// Answers of other models than the one that was asked, counted by its name and theirs.
    package var served: [String: [String: Int]]
    package var samples: [DatasetSample]
    /// `[samples, models]` in 0…1; NaN where `cost` is.
    package var quality: Matrix<Double>
    /// `[samples, models]` in `costUnit`, in ``ValueRange/cost``; NaN where `quality` is.
    ///
    /// Nil for a dataset that has token counts only: a price sheet makes the costs of them.
    package var cost: Matrix<Double>?
    /// `[samples, width]` by the encoder's name.
    package var text: [String: Matrix<Float>]
    /// `[samples, width]` by the encoder's name.
    package var image: [String: Matrix<Float>]
    /// `[samples, models]`, NaN where it is not known.
    package var tokensIn: Matrix<Double>?
    /// `[samples, models]`, NaN where it is not known.
    package var tokensOut: Matrix<Double>?
    /// `[samples, models]`, NaN where it is not known: all tokens of an answer, hidden ones (reasoning) counted too.
    package var tokensTotal: Matrix<Double>?
    /// `[samples, models]`, seconds of an answer, NaN where it is not known.
    package var latency: Matrix<Double>?
    /// `[samples, models]`: how many answers `quality` is the mean of; 0 where there is none.
    package var trials: Matrix<Double>?
    /// `[samples, models]`: the standard deviation of the scores of one answer (n − 1), NaN for fewer than two.
    package var qualitySD: Matrix<Double>?

    package init(
        name: String,
        models: [String],
        costUnit: String?,
        prices: JSONValue? = nil,
        groups: String = "sample_id",
        provenance: String,
        licence: String,
        served: [String: [String: Int]] = [:],
        samples: [DatasetSample],
        quality: Matrix<Double>,
        cost: Matrix<Double>?,
        text: [String: Matrix<Float>] = [:],
        image: [String: Matrix<Float>] = [:],
        tokensIn: Matrix<Double>? = nil,
        tokensOut: Matrix<Double>? = nil,
        tokensTotal: Matrix<Double>? = nil,
        latency: Matrix<Double>? = nil,
        trials: Matrix<Double>? = nil,
        qualitySD: Matrix<Double>? = nil
    ) {
        self.name = name
        self.models = models
        self.costUnit = costUnit
        self.prices = prices
        self.groups = groups
        self.provenance = provenance
        self.licence = licence
        self.served = served
        self.samples = samples
        self.quality = quality
        self.cost = cost
        self.text = text
        self.image = image
        self.tokensIn = tokensIn
        self.tokensOut = tokensOut
        self.tokensTotal = tokensTotal
        self.latency = latency
        self.trials = trials
        self.qualitySD = qualitySD
    }

    /// NaN equals NaN: two datasets are equal when their tensors are, bit for bit.
    package static func == (left: Dataset, right: Dataset) -> Bool {
        left.json == right.json && left.samples == right.samples && left.tensorDigests == right.tensorDigests
    }
}

extension Dataset {
    /// The most models that a pool may have: choices hold model numbers of two bytes.
    package static let modelLimit = 65_535

    /// The digest of every tensor by its name in the dataset folder.
    package var tensorDigests: [String: Digest] {
        var digests: [String: Digest] = [:]
        for (name, matrix) in outcomeTensors { digests[name] = TensorBlob.digest(of: matrix) }
        for (name, matrix) in text { digests["text.\(name)"] = TensorBlob.digest(of: matrix) }
        for (name, matrix) in image { digests["image.\(name)"] = TensorBlob.digest(of: matrix) }
        return digests
    }

    /// The tensors `[samples, models]` that there are, by their names in the dataset folder.
    var outcomeTensors: [(name: String, matrix: Matrix<Double>)] {
        let all = [
            ("quality", quality), ("cost", cost), ("tokens_in", tokensIn), ("tokens_out", tokensOut),
            ("tokens_total", tokensTotal), ("latency", latency), ("trials", trials), ("quality_sd", qualitySD),
        ]
        return all.compactMap { name, matrix in matrix.map { (name, $0) } }
    }

    /// Whether the total of an answer's tokens is known and is not tokens in + tokens out.
    package func hasOtherTotal(_ row: Int, _ column: Int) -> Bool {
        guard let total = tokensTotal?[row, column], let input = tokensIn?[row, column],
            let output = tokensOut?[row, column], !total.isNaN, !input.isNaN, !output.isNaN
        else { return false }
        return total != input + output
    }

    /// What the data say, apart from their names: models, cost unit, samples and tensors.
    ///
    /// A changed licence, provenance, name or question leaves it as it is, as it leaves every key, and so do the
    /// tensors that no router reads: latencies, numbers of trials and their spread.
    package var contentDigest: Digest {
        let unread: Set = ["latency", "trials", "quality_sd"]
        let tensors = tensorDigests.filter { !unread.contains($0.key) }.mapValues { JSONValue.string($0.hex) }
        let content: JSONValue = [
            "cost_unit": costUnit.map { .string($0) } ?? .null, "models": JSONValue(models),
            "tensors": .object(tensors),
            "samples": .string(SampleList.digest(of: samples.map(\.sample)).hex),
        ]
        return content.digest
    }

    /// What the core works on, with the embeddings of the named encoders.
    ///
    /// - Throws: `badInput` when an encoder is not in the dataset, or the dataset has no costs.
    package func table(text textName: String? = nil, image imageName: String? = nil) throws(RouteGridError)
        -> OutcomeTable
    {
        guard let cost else { throw .badInput("dataset \(name)", "no costs") }
        return OutcomeTable(
            models: models,
            samples: samples.map(\.sample),
            quality: quality,
            cost: cost,
            text: try Self.embedding(textName, of: text, kind: "text", dataset: name),
            image: try Self.embedding(imageName, of: image, kind: "image", dataset: name)
        )
    }

    private static func embedding(
        _ name: String?,
        of embeddings: [String: Matrix<Float>],
        kind: String,
        dataset: String
    ) throws(RouteGridError) -> Matrix<Float>? {
        guard let name else { return nil }
        guard let found = embeddings[name] else {
            let hint = embeddings.isEmpty ? "; it has none" : NearestName.hint(name, in: embeddings.keys.sorted())
            throw .badInput("dataset \(dataset)", "no \(kind) embedding \"\(name)\"\(hint)")
        }
        return found
    }
}
