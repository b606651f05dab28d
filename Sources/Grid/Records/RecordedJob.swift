import Catalog
package import RouteGridBase
package import RoutingData

/// The `job` object of a record: a readable extract of the two keys and the grid's labels.
///
/// Fractions are texts, as in the keys; what a router does not read is null. `data` is the digest of who was asked and
/// which pool answered how, `inputs` those of costs and embeddings, and `revisions` those of the code that made a
/// result: these distinguish records, and labels never do.
package enum RecordedJob {
    static func json(fit: FitIdentity, job: JobIdentity, labels: JSONValue) -> JSONValue {
        var members: [String: JSONValue] = [
            "kind": "evaluate",
            "part": .string(job.part.rawValue),
            "rule": .string(job.rule.rawValue),
            "budget": .string(job.budget.text),
            "samples": .string(job.data.samples.hex),
        ]
        if job.isRawPenalty { members["raw"] = true }
        members["inputs"] = inputs(fit: fit, job: job)
        members["revisions"] = revisions(fit: fit, job: job)
        return json(members, fit: fit, data: job.data, testModality: job.testModality, labels: labels)
    }

    static func json(fit: FitIdentity, job: LatencyIdentity, labels: JSONValue) -> JSONValue {
        let members: [String: JSONValue] = [
            "kind": .string(LatencyIdentity.kind), "part": "test", "queries": JSONValue(job.queries),
            "warmup": JSONValue(job.warmup), "repeats": JSONValue(job.repeats), "batch": JSONValue(job.batch),
            "occasion": .string(job.occasion),
        ]
        return json(members, fit: fit, data: job.data, testModality: job.testModality, labels: labels)
    }

    /// The members of both kinds added to those of one.
    private static func json(
        _ own: [String: JSONValue],
        fit: FitIdentity,
        data: DataIdentity,
        testModality: Modality?,
        labels: JSONValue
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "mode": .string(fit.mode.rawValue),
            "numerics": .string(fit.numerics),
            "router": named(fit.router.kind, fit.router.parameters),
            "data": .string(dataDigest(samples: data.samples, models: data.models, quality: data.quality).hex),
            "modality": modality(train: fit.trainModality, test: testModality),
            "fusion": fit.fusion.map { named($0.kind, $0.parameters) } ?? .null,
            "split": split(fit.split),
            "label": fit.label.map { $0.json } ?? .null,
            "seed": fit.seed.map { JSONValue($0) } ?? .null,
        ]
        if fit.minCoverage != ReferenceCoverage.standard { members["min_coverage"] = .double(fit.minCoverage) }
        members.merge(own) { $1 }
        for (name, value) in labels.objectValue ?? [:] where RecordLabels.names.contains(name) { members[name] = value }
        for name in RecordLabels.names where members[name] == nil { members[name] = .null }
        return textual(.object(members))
    }

    /// What a result depends on besides `data`, by content: the cost, and the embeddings that fit or evaluation read.
    private static func inputs(fit: FitIdentity, job: JobIdentity) -> JSONValue {
        var members: [String: JSONValue] = ["cost": .string(costDigest(job.cost).hex)]
        if let text = fit.data.text ?? job.data.text { members["text"] = .string(text.hex) }
        if let image = fit.data.image ?? job.data.image { members["image"] = .string(image.hex) }
        return .object(members)
    }

    private static func revisions(fit: FitIdentity, job: JobIdentity) -> JSONValue {
        var members: [String: JSONValue] = [
            "metrics": JSONValue(job.metricsRevision), "router": JSONValue(fit.routerRevision),
            "rule": JSONValue(job.ruleRevision), "split": JSONValue(fit.split.revision),
        ]
        if fit.fusion != nil { members["fusion"] = JSONValue(fit.fusionRevision) }
        return .object(members)
    }

    /// The digest of what cells cost: a tensor, or tokens and the prices of the pool.
    package static func costDigest(_ cost: CostIdentity) -> Digest { cost.json.digest }

    /// The digest of the samples, the pool and its outcomes: equal for records that may be compared.
    package static func dataDigest(samples: Digest, models: [String], quality: Digest) -> Digest {
        DataIdentity(samples: samples, models: models, quality: quality).json.digest
    }

    private static func named(_ kind: String, _ parameters: [String: JSONValue]) -> JSONValue {
        .object(parameters.merging(["kind": .string(kind)]) { $1 })
    }

    private static func modality(train: Modality?, test: Modality?) -> JSONValue {
        guard let train, let test else { return .null }
        return ["train": .string(train.rawValue), "test": .string(test.rawValue)]
    }

    /// A split as records show it.
    package static func split(_ split: Split) -> JSONValue {
        var members = split.kind.parameters
        members["kind"] = .string(split.kind.name)
        members["seed"] = JSONValue(split.seed)
        members["index"] = JSONValue(split.index)
        return textual(.object(members))
    }

    /// Numbers in the form that keys hash: whole ones as integers, others as texts.
    private static func textual(_ value: JSONValue) -> JSONValue {
        switch value {
        case .double(let number):
            number.rounded() == number && abs(number) < 9_007_199_254_740_992
                ? .integer(Int64(number)) : .string(JSONValue.shortestText(number))
        case .array(let items): .array(items.map(textual))
        case .object(let members): .object(members.mapValues(textual))
        default: value
        }
    }
}
