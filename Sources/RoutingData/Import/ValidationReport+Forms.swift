package import RouteGridBase

extension ValidationReport {
    package var json: JSONValue {
        [
            "schema": "routegrid/import/v1", "name": .string(name),
            "cost_unit": costUnit.map { .string($0) } ?? .null,
            "samples": JSONValue(samples), "groups": JSONValue(groups),
            "datasets": .object(Dictionary(uniqueKeysWithValues: datasets.map { ($0.name, JSONValue($0.count)) })),
            "embeddings": .object(embeddings.mapValues { JSONValue($0) }),
            "best_single": bestSingle.map {
                ["name": .string($0.name), "accuracy": .double($0.accuracy)]
            } ?? .null,
            "oracle_accuracy": .double(oracleAccuracy),
            "gain_limit": bestSingle.map { .double(oracleAccuracy - $0.accuracy) } ?? .null,
            "trial_spread": trialSpread.map { .double($0) } ?? .null,
            "repeated_questions": JSONValue(repeatedQuestions),
            "repeated_embeddings": JSONValue(repeatedEmbeddings), "models": .array(models.map(\.json)),
            "warnings": JSONValue(warnings), "notes": JSONValue(notes),
        ]
    }

    /// The report for people: a few lines of facts, then notes and warnings.
    package var text: String {
        var lines = [
            "\(name): \(samples) samples, \(models.count) models, \(costUnit.map { "cost in \($0)" } ?? "no costs: a price sheet makes them of tokens")",
            "datasets: \(datasets.map { "\($0.name) \($0.count)" }.joined(separator: ", "))",
            "groups: \(groups == samples ? "every sample alone" : "\(groups)")",
        ]
        let widths = embeddings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        lines.append("embeddings: \(widths.isEmpty ? "none" : widths.joined(separator: ", "))")
        lines.append("missing outcomes: \(models.reduce(0) { $0 + $1.missing }) of \(samples * models.count)")
        if let bestSingle {
            lines.append(
                "best single: \(bestSingle.name) \(Self.share(bestSingle.accuracy)); oracle: \(Self.share(oracleAccuracy)): "
                    + "routing can gain at most \(Self.share(oracleAccuracy - bestSingle.accuracy))"
            )
        }
        if let trialSpread { lines.append("mean standard deviation of repeated answers: \(Self.share(trialSpread))") }
        lines.append(contentsOf: notes.map { "note: \($0)" })
        lines.append(contentsOf: warnings.map { "warning: \($0)" })
        return lines.map { $0 + "\n" }.joined()
    }

    private static func share(_ value: Double) -> String {
        let units = Int((value * 10_000).rounded())
        let digits = String(units % 10_000)
        return "\(units / 10_000)." + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension ValidationReport.Model {
    /// One model as JSON; a mean that does not exist is null.
    package var json: JSONValue {
        [
            "name": .string(name), "accuracy": .double(accuracy),
            "mean_cost": meanCost.isNaN ? .null : .double(meanCost),
            "missing": JSONValue(missing), "coverage": .double(coverage), "zero_costs": JSONValue(zeroCosts),
            "constant_cost": constantCost.map { .double($0) } ?? .null, "empty_usage": JSONValue(emptyUsage),
            "empty_usage_right": JSONValue(emptyUsageRight),
            "wrong_totals": JSONValue(wrongTotals),
        ]
    }
}
