package import RouteGridBase

extension Dataset {
    /// The rows whose fields have one of the wanted values, in the same order.
    ///
    /// `conditions` maps a field (`dataset`, `group` or `sample_id`) to its wanted values; every field must match.
    ///
    /// - Throws: `badInput` when a field or a value is unknown, or nothing is left.
    package func filtered(_ conditions: [String: [String]]) throws(RouteGridError) -> Dataset {
        var rows = Array(samples.indices)
        for (field, values) in conditions.sorted(by: { $0.key < $1.key }) {
            let place = "dataset \(name): where.\(field)"
            let path: KeyPath<Sample, String>
            switch field {
            case "dataset": path = \.dataset
            case "group": path = \.group
            case "sample_id": path = \.id
            default:
                throw .badInput(
                    "dataset \(name): where",
                    "unknown field \"\(field)\"\(NearestName.hint(field, in: ["dataset", "group", "sample_id"]))"
                )
            }
            let known = Set(samples.map { $0.sample[keyPath: path] })
            if let unknown = values.first(where: { !known.contains($0) }) {
                let hint = known.count <= 40 ? NearestName.hint(unknown, in: known.sorted()) : ""
                throw .badInput(place, "no sample has \"\(unknown)\"\(hint)")
            }
            let wanted = Set(values)
            rows.removeAll { !wanted.contains(samples[$0].sample[keyPath: path]) }
        }
        guard !rows.isEmpty else { throw .badInput("dataset \(name): where", "no sample is left") }
        return keeping(rows: rows)
    }

    /// The rows with these numbers, in this order; what other models answered stays counted over all rows.
    package func keeping(rows: [Int]) -> Dataset {
        var kept = self
        kept.samples = rows.map { samples[$0] }
        kept.quality = quality.rows(rows)
        kept.cost = cost?.rows(rows)
        kept.text = text.mapValues { $0.rows(rows) }
        kept.image = image.mapValues { $0.rows(rows) }
        kept.tokensIn = tokensIn?.rows(rows)
        kept.tokensOut = tokensOut?.rows(rows)
        kept.tokensTotal = tokensTotal?.rows(rows)
        kept.latency = latency?.rows(rows)
        kept.trials = trials?.rows(rows)
        kept.qualitySD = qualitySD?.rows(rows)
        return kept
    }

    /// A smaller pool of models; their order stays code-point order.
    ///
    /// - Throws: `badInput` when a model is unknown or none is named.
    package func keeping(models wanted: [String]) throws(RouteGridError) -> Dataset {
        let (known, wantedSet) = (Set(models), Set(wanted))
        if let unknown = wanted.first(where: { !known.contains($0) }) {
            throw .badInput(
                "dataset \(name): models",
                "no model \"\(unknown)\"\(NearestName.hint(unknown, in: models))"
            )
        }
        let columns = models.indices.filter { wantedSet.contains(models[$0]) }
        guard !columns.isEmpty else { throw .badInput("dataset \(name): models", "expected at least one") }
        var kept = self
        kept.models = columns.map { models[$0] }
        kept.quality = quality.columns(columns)
        kept.cost = cost?.columns(columns)
        kept.tokensIn = tokensIn?.columns(columns)
        kept.tokensOut = tokensOut?.columns(columns)
        kept.tokensTotal = tokensTotal?.columns(columns)
        kept.latency = latency?.columns(columns)
        kept.trials = trials?.columns(columns)
        kept.qualitySD = qualitySD?.columns(columns)
        kept.served = served.filter { wantedSet.contains($0.key) }
        return kept
    }
}
