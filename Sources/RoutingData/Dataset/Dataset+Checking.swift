import RouteGridBase

extension Dataset {
    /// Code-point order, which is the order of the UTF-8 bytes.
    package static func inCodePointOrder(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// Refuses a dataset that breaks a rule of the format; `place` is its folder, for the error message.
    func check(place: String) throws(RouteGridError) {
        let description = "\(place)/\(Self.descriptionFile)"
        guard !models.isEmpty else { throw .badInput(description, "models: expected at least one") }
        for name in [self.name, costUnit] + models {
            guard let why = SafeText.refusal(ofName: name) else { continue }
            throw .badInput(description, "the name \"\(SafeText.line(name))\" \(why)")
        }
        for (left, right) in zip(models, models.dropFirst()) where !Self.inCodePointOrder(left, right) {
            throw .badInput(
                description,
                "models: expected code-point order, each once; \"\(right)\" follows \"\(left)\""
            )
        }
        try checkSamples(place: "\(place)/\(Self.samplesFile)")
        let tensors = "\(place)/\(Self.tensorsFile)"
        for (name, matrix) in [
            ("quality", quality), ("cost", cost), ("tokens_in", tokensIn), ("tokens_out", tokensOut),
        ] {
            guard let matrix else { continue }
            guard matrix.rows == samples.count, matrix.columns == models.count else {
                throw .badInput(
                    tensors,
                    "tensor \"\(name)\": expected \(samples.count) × \(models.count), found \(matrix.rows) × \(matrix.columns)"
                )
            }
        }
        for (kind, embeddings) in [("text", text), ("image", image)] {
            for (name, matrix) in embeddings.sorted(by: { $0.key < $1.key }) {
                try checkEmbedding(matrix, place: "\(tensors): tensor \"\(kind).\(name)\"")
            }
        }
        try checkOutcomes(place: tensors)
    }

    private func checkSamples(place: String) throws(RouteGridError) {
        guard !samples.isEmpty else { throw .badInput(place, "no samples") }
        var seen: Set<String> = []
        for (row, sample) in samples.enumerated() {
            guard !sample.sample.id.isEmpty, !sample.sample.dataset.isEmpty, !sample.sample.group.isEmpty else {
                throw .badInput(place, "row \(row + 1): expected sample_id, dataset and group, found an empty one")
            }
            guard seen.insert(sample.sample.id).inserted else {
                throw .badInput(place, "row \(row + 1): sample_id \"\(sample.sample.id)\" occurs twice")
            }
        }
    }

    private func checkEmbedding(_ matrix: Matrix<Float>, place: String) throws(RouteGridError) {
        guard matrix.rows == samples.count, matrix.columns > 0 else {
            throw .badInput(place, "expected \(samples.count) rows, found \(matrix.rows) × \(matrix.columns)")
        }
        guard let bad = EmbeddingRange.firstOutside(matrix) else { return }
        throw .badInput(
            place,
            "row \(bad.row + 1), column \(bad.column + 1): expected \(EmbeddingRange.words), found "
                + "\(matrix[bad.row, bad.column])"
        )
    }

    private func checkOutcomes(place: String) throws(RouteGridError) {
        for (index, (quality, cost)) in zip(quality.elements, cost.elements).enumerated() {
            if quality.isNaN && cost.isNaN || quality >= 0 && quality <= 1 && cost >= 0 && cost.isFinite { continue }
            throw .badInput(
                place,
                "sample \"\(samples[index / models.count].sample.id)\", model \"\(models[index % models.count])\": expected "
                    + "correctness 0…1 and cost ≥ 0, or neither; found \(quality) and \(cost)"
            )
        }
        for tokens in [tokensIn, tokensOut] {
            guard let tokens, let bad = tokens.elements.firstIndex(where: { $0 < 0 || $0.isInfinite }) else { continue }
            throw .badInput(
                place,
                "sample \"\(samples[bad / models.count].sample.id)\", model \"\(models[bad % models.count])\": expected "
                    + "a token count ≥ 0, found \(tokens.elements[bad])"
            )
        }
    }
}
