import Catalog
import RouteGridBase
import RoutingData

/// The axes that say what data a cell looks at.
extension GridFile {
    static func datasets(_ node: GridNode) throws(RouteGridError) -> [DatasetEntry] {
        let mapping = try GridMapping(node, of: "a mapping of names to {path: …}")
        guard !mapping.entries.isEmpty else { throw node.failure("expected at least one dataset") }
        try checkCount(mapping.entries.count, GridRanges.datasets, of: "datasets", node)
        return try mapping.entries.mapThrowing { name, node throws(RouteGridError) in
            if let why = SafeText.refusal(ofName: name) { throw node.failure("the dataset's name \(why)") }
            if let path = node.scalar, !node.isNull {
                return DatasetEntry(name: name, path: path, sha256: nil, conditions: [:], place: node.place)
            }
            let entry = try GridMapping(node, of: "a path or {path: …}", keys: ["path", "sha256", "where"])
            var conditions: [String: [String]] = [:]
            if let node = entry["where"] {
                let fields = try GridMapping(node, of: "fields and values", keys: ["dataset", "group", "sample_id"])
                for (field, value) in fields.entries {
                    conditions[field] = try value.nonEmptyElements(of: "value").mapThrowing {
                        node throws(RouteGridError) in try node.text()
                    }
                }
            }
            let sha256 = try entry["sha256"].mapThrowing { node throws(RouteGridError) in
                guard let digest = Digest(hex: try node.text()) else { throw node.failure("expected 64 hex digits") }
                return digest
            }
            let path = try entry.required("path", "a dataset folder").text()
            return DatasetEntry(name: name, path: path, sha256: sha256, conditions: conditions, place: node.place)
        }
    }

    static func pools(_ node: GridNode?) throws(RouteGridError) -> [Placed<Pool>] {
        guard let node else { return [Placed(value: .all, place: "models")] }
        let pools = try node.nonEmptyElements(of: "pool").mapThrowing { node throws(RouteGridError) in
            if node.isList {
                let names = try node.nonEmptyElements(of: "model").mapThrowing { node throws(RouteGridError) in
                    try node.text("a model's name")
                }
                return Placed(value: Pool.names(names), place: node.place)
            }
            switch node.scalar {
            case "all": return Placed(value: .all, place: node.place)
            case "leave-one-out": return Placed(value: .leaveOneOut, place: node.place)
            default: throw node.failure("expected all, leave-one-out or a list of models, found \(node.found)")
            }
        }
        try refuseRepeats(pools.map { ("\($0.value)", $0.place) }, what: "this pool")
        return pools
    }

    static func encoders(_ node: GridNode?) throws(RouteGridError) -> [Placed<EncoderPair>] {
        guard let node else {
            return [Placed(value: EncoderPair(text: "default", image: "default"), place: "encoders")]
        }
        let encoders = try node.nonEmptyElements(of: "pair of encoders").mapThrowing { node throws(RouteGridError) in
            let pair = try encoderPair(node)
            return Placed(value: pair, place: node.place)
        }
        try checkCount(encoders.count, GridRanges.encoders, of: "pairs of encoders", node)
        try refuseRepeats(encoders.map { ("\($0.value)", $0.place) }, what: "this pair")
        return encoders
    }

    static func encoderPair(_ node: GridNode) throws(RouteGridError) -> EncoderPair {
        let entry = try GridMapping(node, of: "{text: …, image: …}", keys: ["text", "image"])
        let text = try entry["text"].mapThrowing { node throws(RouteGridError) in try node.text("an encoder's name") }
        let image = try entry["image"].mapThrowing { node throws(RouteGridError) in try node.text("an encoder's name") }
        guard text != nil || image != nil else { throw node.failure("expected text, image or both") }
        return EncoderPair(text: text, image: image)
    }

    static func modalities(_ node: GridNode?) throws(RouteGridError) -> [Placed<ModalityPair>] {
        guard let node else { return [Placed(value: ModalityPair(train: .both, test: .both), place: "modality")] }
        var pairs: [Placed<ModalityPair>] = []
        for node in try node.nonEmptyElements(of: "modality") {
            if node.isMapping {
                let entry = try GridMapping(node, of: "{train: …, test: …}", keys: ["train", "test"])
                let trains: [Modality] = try choices(try entry.required("train", "text, image or both"))
                let tests: [Modality] = try choices(try entry.required("test", "text, image or both"))
                for train in trains {
                    for test in tests {
                        pairs.append(Placed(value: ModalityPair(train: train, test: test), place: node.place))
                    }
                }
            } else {
                let modality: Modality = try node.choice()
                pairs.append(Placed(value: ModalityPair(train: modality, test: modality), place: node.place))
            }
        }
        try refuseRepeats(pairs.map { ("\($0.value)", $0.place) }, what: "this modality")
        return pairs
    }

    private static func choices<Choice: RawRepresentable & CaseIterable>(
        _ node: GridNode
    ) throws(RouteGridError) -> [Choice] where Choice.RawValue == String {
        try node.nonEmptyElements(of: "value").mapThrowing { node throws(RouteGridError) in try node.choice() }
    }

    static func seeds(_ node: GridNode?) throws(RouteGridError) -> [Int] {
        guard let node else { return [0] }
        return try integers(node, range: GridRanges.seed, what: "seed")
    }

    /// Whole numbers with `range()` expanded, each once.
    static func integers(_ node: GridNode, range: ClosedRange<Int>, what: String) throws(RouteGridError) -> [Int] {
        var values: [Int] = []
        for node in try node.nonEmptyElements(of: what) {
            let descriptor = ParameterDescriptor(what, .integer(range), default: nil, what)
            let numbers = try GridFunctions.numbers(node)
            try checkCount(values.count + numbers.count, GridRanges.axisValues, of: "values", node)
            for value in numbers {
                if let number = value.integerValue, range.contains(number) {
                    values.append(number)
                } else {
                    values.append(try descriptor.checked(value, place: node.place).integerValue ?? 0)
                }
            }
        }
        var seen: Set<Int> = []
        for value in values where !seen.insert(value).inserted { throw node.failure("\(value) is given twice") }
        return values
    }

    /// Refuses an axis that is too long, before its values are combined with others.
    static func checkCount(_ count: Int, _ limit: Int, of what: String, _ node: GridNode) throws(RouteGridError) {
        guard count <= limit else { throw node.failure("expected at most \(limit) \(what), found \(count)") }
    }

    /// The number of combinations of axes of these lengths, or the limit and one when they are more.
    static func product(_ counts: [Int], limit: Int) -> Int {
        counts.reduce(1) { product, count in
            let (result, isTooLarge) = product.multipliedReportingOverflow(by: count)
            return isTooLarge ? limit + 1 : min(result, limit + 1)
        }
    }

    /// Refuses an axis value that is given twice: its cells would be counted twice and computed once.
    static func refuseRepeats(_ values: [(key: String, place: String)], what: String) throws(RouteGridError) {
        var seen: Set<String> = []
        for (key, place) in values where !seen.insert(key).inserted { throw .badInput(place, "\(what) is given twice") }
    }
}
