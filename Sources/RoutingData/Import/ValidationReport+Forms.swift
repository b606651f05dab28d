package import RouteGridBase

extension ValidationReport {
    package var json: JSONValue {
        [
            "schema": "routegrid/import/v1", "name": .string(name),
            "cost_unit": costUnit.map { .string($0) } ?? .null,
            "samples": JSONValue(samples), "groups": JSONValue(groups),
            "datasets": .object(Dictionary(uniqueKeysWithValues: datasets.map { ($0.name, JSONValue($0.count)) })),
            "embeddings": .object(embeddings.mapValues { JSONValue($0) }),
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
        lines.append(contentsOf: notes.map { "note: \($0)" })
        lines.append(contentsOf: warnings.map { "warning: \($0)" })
        return lines.map { $0 + "\n" }.joined()
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
