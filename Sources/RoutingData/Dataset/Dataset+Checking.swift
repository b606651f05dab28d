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
        guard models.count <= Self.modelLimit else {
            throw .badInput(description, "\(models.count) models: expected at most \(Self.modelLimit) in one pool")
        }
        for name in [self.name] + models {
            guard let why = SafeText.refusal(ofName: name) else { continue }
            throw .badInput(description, "the name \"\(SafeText.line(name))\" \(why)")
        }
        for (left, right) in zip(models, models.dropFirst()) where !Self.inCodePointOrder(left, right) {
            throw .badInput(
                description,
                "models: expected code-point order, each once; \"\(right)\" follows \"\(left)\""
            )
        }
        if let costUnit, let problem = CostUnit.problem(costUnit) {
            throw .badInput(description, "cost_unit: \"\(costUnit)\" \(problem)")
        }
        try checkSamples(place: "\(place)/\(Self.samplesFile)")
        let tensors = "\(place)/\(Self.tensorsFile)"
        guard cost != nil || tokensIn != nil && tokensOut != nil else {
            throw .badInput(tensors, "expected a tensor \"cost\", or token counts \"tokens_in\" and \"tokens_out\"")
        }
        for (name, matrix) in outcomeTensors where matrix.rows != samples.count || matrix.columns != models.count {
            throw .badInput(
                tensors,
                "tensor \"\(name)\": expected \(samples.count) × \(models.count), found \(matrix.rows) × \(matrix.columns)"
            )
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
        guard matrix.columns <= EmbeddingRange.mostColumns else {
            throw .badInput(place, "a width of \(matrix.columns): expected at most \(EmbeddingRange.mostColumns)")
        }
        guard let bad = EmbeddingRange.firstOutside(matrix) else { return }
        throw .badInput(
            place,
            "row \(bad.row + 1), column \(bad.column + 1): expected \(EmbeddingRange.words), found "
                + "\(matrix[bad.row, bad.column])"
        )
    }

    private func checkOutcomes(place: String) throws(RouteGridError) {
        for index in quality.elements.indices {
            let quality = quality.elements[index]
            let cost = cost?.elements[index]
            let isMissing = quality.isNaN && cost?.isNaN != false
            if isMissing || quality >= 0 && quality <= 1 && cost.map(ValueRange.cost.contains) != false { continue }
            let found = cost.map { "\(quality) and \($0)" } ?? "\(quality)"
            throw .badInput(
                place,
                "\(cell(index)): expected correctness 0…1 and cost \(ValueRange.cost.words), or neither; found \(found)"
            )
        }
        let others = [
            ("a token count", tokensIn, ValueRange.tokens), ("a token count", tokensOut, .tokens),
            ("a token count", tokensTotal, .tokens), ("a latency in seconds", latency, .latency),
            ("a number of trials", trials, .tokens), ("a standard deviation", qualitySD, .deviation),
        ]
        for (what, matrix, range) in others {
            guard let matrix, let bad = matrix.elements.firstIndex(where: { !$0.isNaN && !range.contains($0) })
            else { continue }
            throw .badInput(
                place,
                "\(cell(bad)): expected \(what) of \(range.words), found \(matrix.elements[bad])"
            )
        }
    }

    /// A cell of a tensor `[samples, models]` in words.
    package func cell(_ index: Int) -> String {
        let row = index / models.count
        return "sample \"\(samples[row].sample.id)\" (row \(row + 1)), model \"\(models[index % models.count])\""
    }
}
