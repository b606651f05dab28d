package import RouteGridBase

extension RouterDescriptor {
    /// The entry of `routegrid routers --output json`.
    package var json: JSONValue {
        [
            "name": .string(kind), "summary": .string(summary), "source": .string(source),
            "parameters": .array(parameters.map(\.json)), "reads": JSONValue(reads.names),
            "rules": JSONValue(BudgetRule.allCases.filter(rules.contains).map(\.rawValue)),
            "fusion": ownFusion.map { .string($0) } ?? .null, "revision": JSONValue(revision),
        ]
    }
}

extension RouterDescriptor.Reads {
    /// What is read, in words of a grid file.
    package var names: [String] {
        let known: [(RouterDescriptor.Reads, String)] = [
            (.embeddings, "embeddings"), (.separateModalities, "separate_modalities"), (.seed, "seed"),
            (.labels, "labels"), (.trainCost, "train_cost"),
        ]
        return known.filter { contains($0.0) }.map(\.1)
    }
}

extension FusionDescriptor {
    /// The entry of `routegrid fusions --output json`.
    package var json: JSONValue {
        [
            "name": .string(kind), "summary": .string(summary), "source": .string(source),
            "parameters": .array(parameters.map(\.json)), "reads": ["text", "image"], "revision": JSONValue(revision),
        ]
    }
}

extension MetricDescriptor {
    /// The entry of `routegrid metrics --output json`.
    package var json: JSONValue {
        [
            "name": .string(name), "title": .string(title), "summary": .string(summary), "source": .string(source),
            "better": isLargerBetter ? "larger" : "smaller", "scope": .string(scope.rawValue),
        ]
    }
}

extension ParameterDescriptor {
    /// Name, type, default (null: the grid must give it) and range of the parameter.
    package var json: JSONValue {
        [
            "name": .string(name), "type": .string(domain.typeName), "default": defaultValue ?? .null,
            "range": domain.range, "expected": .string(domain.expectation), "summary": .string(summary),
        ]
    }
}

extension ParameterDescriptor.Domain {
    /// The type of a value: `integer`, `number`, `choice`, `flag`, `integers` or `text`.
    package var typeName: String {
        switch self {
        case .integer: "integer"
        case .number: "number"
        case .choice: "choice"
        case .flag: "flag"
        case .integers: "integers"
        case .text: "text"
        case .file: "file"
        }
    }

    /// Lowest and highest value (null: no bound; the lowest of "a number above 0" is 0), the choices, or null.
    fileprivate var range: JSONValue {
        switch self {
        case .integer(let range), .integers(let range):
            [JSONValue(range.lowerBound), range.upperBound == .max ? .null : JSONValue(range.upperBound)]
        case .number(let range):
            [
                .double(range.lowerBound == .leastNonzeroMagnitude ? 0 : range.lowerBound),
                range.upperBound == .greatestFiniteMagnitude ? .null : .double(range.upperBound),
            ]
        case .choice(let names): JSONValue(names)
        case .flag, .text, .file: .null
        }
    }
}
