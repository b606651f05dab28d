import Catalog
import RouteGridBase
import RoutingData

extension GridAxes {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "tables": .array(tables.map(\.json)),
            "encoders": .array(encoders.map(\.json)),
            "splits": .array(splits.map(\.json)),
            "modalities": .array(
                modalities.map { ["train": .string($0.train.rawValue), "test": .string($0.test.rawValue)] }
            ),
            "fusions": .array(fusions.map { $0.configuration.json(revision: $0.revision) }),
            "seeds": .array(IntegerRuns(seeds).runs.map { [JSONValue($0.first), JSONValue($0.count)] }),
            "labels": .array(labels.map(\.json)),
            "parts": .array(parts.map { .string($0.rawValue) }),
            "budgets": .array(budgets.map { ["rule": $0.ruleJSON, "budget": $0.budget.json] }),
        ]
        if priceCount != 1 { members["prices"] = JSONValue(priceCount) }
        return .object(members)
    }

    init(json: JSONValue, place: String, revisions: AdmittedRevisions) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        tables = try object.list("tables").mapThrowing { json throws(RouteGridError) in
            try GridTable(json: json, place: "\(place).tables")
        }
        encoders = try object.list("encoders").mapThrowing { json throws(RouteGridError) in
            try EncoderPair(json: json, place: "\(place).encoders")
        }
        splits = try object.list("splits").mapThrowing { json throws(RouteGridError) in
            try Split(json: json, place: "\(place).splits")
        }
        modalities = try object.list("modalities").mapThrowing { json throws(RouteGridError) in
            var pair = try StrictObject(json, place: "\(place).modalities")
            let modality = ModalityPair(train: try pair.choice("train"), test: try pair.choice("test"))
            try pair.finish()
            return modality
        }
        fusions = try object.list("fusions").mapThrowing { json throws(RouteGridError) in
            let revision = json["revision"]?.integerValue ?? 0
            // An earlier revision's parameters are read as this one's: they are named in keys as they stand.
            let kind = json["kind"]?.stringValue ?? ""
            let own = revisions == .any ? (try? FusionCatalog.descriptor(of: kind))?.revision ?? revision : revision
            var named = json.objectValue ?? [:]
            named["revision"] = JSONValue(own)
            let configuration = try FusionConfiguration(json: .object(named), place: "\(place).fusions")
            return GridFusion(configuration: configuration, revision: revision)
        }
        let runs = try IntegerRuns(
            json: try object.list("seeds"),
            within: GridRanges.seed,
            atMost: GridRanges.axisValues,
            place: "\(place).seeds"
        )
        seeds = runs.values
        labels = try object.list("labels").mapThrowing { json throws(RouteGridError) in
            try LabelConfiguration(json: json, place: "\(place).labels")
        }
        parts = try object.texts("parts").mapThrowing { text throws(RouteGridError) in
            guard let part = EvaluationPart(rawValue: text) else {
                throw .badInput("\(place).parts", "expected dev, test")
            }
            return part
        }
        budgets = try object.list("budgets").mapThrowing { json throws(RouteGridError) in
            try GridBudget(json: json, place: "\(place).budgets", revisions: revisions)
        }
        if json["prices"] != nil { priceCount = try object.integer("prices", in: 2...max(2, tables.count)) }
        try object.finish()
        let (families, rest) = tables.count.quotientAndRemainder(dividingBy: priceCount)
        guard rest == 0,
            (0..<families).allSatisfy({ family in
                let alike = tables[family * priceCount..<(family + 1) * priceCount].map(\.unpriced)
                return alike.allSatisfy { $0 == alike[0] }
            })
        else {
            throw .badInput("\(place).tables", "expected \(priceCount) neighbours each that differ in prices alone")
        }
        for (name, count) in [
            ("tables", tables.count), ("encoders", encoders.count), ("splits", splits.count),
            ("modalities", modalities.count), ("fusions", fusions.count), ("seeds", seeds.count),
            ("parts", parts.count), ("budgets", budgets.count),
        ] where count == 0 {
            throw .badInput("\(place).\(name)", "expected at least one value")
        }
        guard Set(seeds).count == seeds.count else { throw .badInput("\(place).seeds", "a seed is given twice") }
        guard Set(parts).count == parts.count else { throw .badInput("\(place).parts", "a part is given twice") }
    }
}

extension GridBudget {
    init(json: JSONValue, place: String, revisions: AdmittedRevisions) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        var rule = try StrictObject(try object.required("rule"), place: "\(place).rule")
        self.rule = try rule.choice("kind")
        revision = try rule.integer("revision")
        isRawPenalty = rule.optional("raw") == true
        budget = try Budget(json: try object.required("budget"), place: place)
        try rule.finish()
        try object.finish()
        try revisions.check(
            revision,
            own: self.rule.descriptor.revision,
            of: "rule \(self.rule.rawValue)",
            place: place
        )
    }
}

extension GridTable {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "dataset": .string(dataset), "pool": .string(pool), "cost_unit": .string(costUnit),
            "n": JSONValue(sampleCount), "samples": .string(samples.hex), "models": JSONValue(models),
            "quality": .string(quality.hex), "cost": cost.json,
            "text": .object(text.mapValues { .string($0.hex) }),
            "image": .object(image.mapValues { .string($0.hex) }),
        ]
        if let prices { members["prices"] = .string(prices) }
        if let condition { members["where"] = .string(condition) }
        if let twins { members["twins"] = .array(twins.map { JSONValue($0) }) }
        if !facts.isEmpty { members["facts"] = JSONValue(facts.map(\.rawValue)) }
        return .object(members)
    }

    init(json: JSONValue, place: String) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        dataset = try object.name("dataset")
        pool = try object.text("pool")
        costUnit = try object.name("cost_unit")
        sampleCount = try object.integer("n", in: GridRanges.sampleCount)
        samples = try object.digest("samples")
        models = try object.texts("models")
        quality = try object.digest("quality")
        cost = try CostIdentity(json: try object.required("cost"), place: "\(place).cost")
        prices = object.optional("prices")?.stringValue
        text = try Self.tensors(try object.required("text"), place: "\(place).text")
        image = try Self.tensors(try object.required("image"), place: "\(place).image")
        condition = object.optional("where")?.stringValue
        if json["twins"] != nil { twins = try object.list("twins").map { max($0.integerValue ?? 0, 0) } }
        facts = try (object.optional("facts")?.arrayValue ?? []).mapThrowing { json throws(RouteGridError) in
            guard let fact = json.stringValue.flatMap(DataFact.init(rawValue:)) else {
                let known = DataFact.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badInput("\(place).facts", "expected some of \(known)")
            }
            return fact
        }
        try object.finish()
        guard !models.isEmpty, Set(models).count == models.count else {
            throw .badInput("\(place).models", "expected different models, at least one")
        }
        for model in models {
            if let why = SafeText.refusal(ofName: model) { throw .badInput("\(place).models", "a name \(why)") }
        }
        for text in [pool, prices ?? ""] + text.keys + image.keys {
            if let character = SafeText.refusedCharacter(in: text) {
                throw .badInput(place, "a label holds \(character)")
            }
        }
        let bytes = models.reduce(0) { $0 + $1.utf8.count + 3 }
        guard bytes <= GridRanges.poolBytes else {
            throw .badInput(
                "\(place).models",
                "the names of a pool have \(bytes) bytes, more than \(GridRanges.poolBytes): every key holds them"
            )
        }
    }

    private static func tensors(_ json: JSONValue, place: String) throws(RouteGridError) -> [String: Digest] {
        var object = try StrictObject(json, place: place)
        var tensors: [String: Digest] = [:]
        for name in (json.objectValue ?? [:]).keys { tensors[name] = try object.digest(name) }
        return tensors
    }
}

extension EncoderPair {
    var json: JSONValue {
        ["text": text.map { .string($0) } ?? .null, "image": image.map { .string($0) } ?? .null]
    }

    init(json: JSONValue, place: String) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        text = object.optional("text")?.stringValue
        image = object.optional("image")?.stringValue
        try object.finish()
    }
}
