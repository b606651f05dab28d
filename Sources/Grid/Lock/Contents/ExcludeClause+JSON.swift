import Catalog
import RouteGridBase
import RoutingData

extension ExcludeClause {
    var json: JSONValue {
        var members: [String: JSONValue] = [:]
        if let datasets { members["dataset"] = JSONValue(datasets) }
        if let models { members["models"] = JSONValue(models) }
        if let encoders { members["encoders"] = .array(encoders.map(\.json)) }
        if let splits { members["split"] = JSONValue(splits) }
        if let splitIndices { members["split_index"] = .array(splitIndices.map { JSONValue($0) }) }
        if let modalities { members["modality"] = .array(modalities.map(\.json)) }
        if let fusions { members["fusion"] = JSONValue(fusions) }
        if let router {
            let parameters = router.parameters.mapValues { JSONValue.array($0) }
            members["router"] = ["kind": .string(router.kind), "parameters": .object(parameters)]
        }
        if let seeds { members["seed"] = .array(seeds.map { JSONValue($0) }) }
        if let budgets { members["budget"] = .array(budgets.map(\.json)) }
        return .object(members)
    }

    init(json: JSONValue, place: String) throws(RouteGridError) {
        self.init()
        var object = try StrictObject(json, place: place)
        func has(_ name: String) -> Bool { json[name] != nil }
        if has("dataset") { datasets = try object.texts("dataset") }
        if has("models") { models = try object.texts("models") }
        if has("encoders") {
            encoders = try object.list("encoders").mapThrowing { json throws(RouteGridError) in
                try EncoderPair(json: json, place: place)
            }
        }
        if has("split") { splits = try object.texts("split") }
        if has("split_index") { splitIndices = try object.integers("split_index", in: Split.indexRange) }
        if has("modality") {
            modalities = try object.list("modality").mapThrowing { json throws(RouteGridError) in
                var pattern = try StrictObject(json, place: "\(place).modality")
                let sides = ModalityPattern(
                    train: try pattern.optionalChoice("train"),
                    test: try pattern.optionalChoice("test")
                )
                try pattern.finish()
                return sides
            }
        }
        if has("fusion") { fusions = try object.texts("fusion") }
        if has("router") {
            var pattern = try StrictObject(try object.required("router"), place: "\(place).router")
            let kind = try pattern.text("kind")
            let descriptor = try RouterCatalog.descriptor(of: kind, place: place)
            var parameters: [String: [JSONValue]] = [:]
            for (name, values) in try pattern.required("parameters").objectValue ?? [:] {
                guard let known = descriptor.parameters.first(where: { $0.name == name }) else {
                    throw descriptor.parameters.unknown(name, of: "router \(kind)", place: place)
                }
                parameters[name] = try (values.arrayValue ?? []).mapThrowing { value throws(RouteGridError) in
                    try known.checked(value, place: "\(place).\(name)")
                }
            }
            try pattern.finish()
            router = RouterPattern(kind: kind, parameters: parameters)
        }
        if has("seed") { seeds = try object.integers("seed", in: GridRanges.seed) }
        if has("budget") {
            budgets = try object.list("budget").mapThrowing { json throws(RouteGridError) in
                try Budget(json: json, place: "\(place).budget")
            }
        }
        try object.finish()
    }
}

extension ExcludeClause.ModalityPattern {
    var json: JSONValue {
        var members: [String: JSONValue] = [:]
        if let train { members["train"] = .string(train.rawValue) }
        if let test { members["test"] = .string(test.rawValue) }
        return .object(members)
    }
}
