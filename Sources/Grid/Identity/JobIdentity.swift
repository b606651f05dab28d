package import Catalog
package import RouteGridBase

/// All that one cell's result depends on besides its fit: the typed form of what a job key hashes.
package struct JobIdentity: Hashable, Sendable {
    package var fit: FitKey
    package var part: EvaluationPart
    package var testModality: Modality?
    /// The data as evaluated, without its cost.
    package var data: DataIdentity
    package var cost: CostIdentity
    package var rule: BudgetRule
    package var ruleRevision: Int
    /// Rule `penalty`: λ multiplies costs in their own unit, as the peers' does, and not costs ÷ c_hi.
    package var isRawPenalty: Bool
    package var budget: Budget
    package var metricsRevision: Int

    package init(
        fit: FitKey,
        part: EvaluationPart,
        testModality: Modality? = nil,
        data: DataIdentity,
        cost: CostIdentity,
        rule: BudgetRule,
        ruleRevision: Int? = nil,
        isRawPenalty: Bool = false,
        budget: Budget,
        metricsRevision: Int = CurveMetric.revision
    ) {
        self.fit = fit
        self.part = part
        self.testModality = testModality
        self.data = data
        self.cost = cost
        self.rule = rule
        self.ruleRevision = ruleRevision ?? rule.descriptor.revision
        self.isRawPenalty = isRawPenalty
        self.budget = budget
        self.metricsRevision = metricsRevision
    }

    package var json: JSONValue {
        var ruleMembers: [String: JSONValue] = [
            "kind": .string(rule.rawValue), "revision": JSONValue(ruleRevision),
        ]
        if isRawPenalty { ruleMembers["raw"] = true }
        var members: [String: JSONValue] = [
            "v": JSONValue(KeyForm.revision), "kind": "evaluate", "fit": .string(fit.hex),
            "part": .string(part.rawValue), "data": data.json, "cost": cost.json,
            "rule": .object(ruleMembers), "budget": budget.json, "metrics_revision": JSONValue(metricsRevision),
        ]
        if let testModality { members["test_modality"] = .string(testModality.rawValue) }
        return .object(members)
    }

    /// `job_key`.
    package var key: JobKey { JobKey(json.digest) }

    /// Reads what ``json`` or its canonical bytes hold; errors as for ``FitIdentity``.
    package init(json: JSONValue, place: String = "job") throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        try object.checkVersion()
        let kind = try object.text("kind")
        guard kind == "evaluate" else { throw .badInput("\(place).kind", "expected evaluate, found \"\(kind)\"") }
        fit = FitKey(try object.digest("fit"))
        part = try object.choice("part")
        testModality = try object.optionalChoice("test_modality")
        data = try DataIdentity(json: try object.required("data"), place: "\(place).data")
        cost = try CostIdentity(json: try object.required("cost"), place: "\(place).cost")
        var ruleObject = try StrictObject(try object.required("rule"), place: "\(place).rule")
        rule = try ruleObject.choice("kind")
        ruleRevision = try ruleObject.integer("revision")
        isRawPenalty = ruleObject.optional("raw") == true
        try ruleObject.finish()
        budget = try Budget(json: try object.required("budget"), place: "\(place).budget")
        metricsRevision = try object.integer("metrics_revision")
        try object.finish()
        try checkRevision(ruleRevision, own: rule.descriptor.revision, of: "rule \(rule.rawValue)", place: place)
        try checkRevision(metricsRevision, own: CurveMetric.revision, of: "the metric set", place: place)
    }

    /// Reads canonical bytes.
    package init(parsing bytes: [UInt8], place: String = "job") throws(RouteGridError) {
        try self.init(json: try JSONValue(parsing: bytes, place: place), place: place)
    }

    /// Every blob that the evaluation needs, in a fixed order.
    package var blobs: [Digest] { data.blobs + cost.blobs }
}
