package import RouteGridBase

extension ParameterDescriptor {
    /// The value typed as the domain says, or the reason why it cannot be.
    ///
    /// Numbers may come as JSON numbers or as text (`"1e-3"`), so that YAML `0.10` and `0.1` become one value.
    /// `place` is where the value stands, such as `grid.yaml:12: routers[2].k`.
    /// - Throws: ``RouteGridError`` `badInput`: `PLACE: expected an integer from 1 to 1000, found "x"`.
    package func checked(_ value: JSONValue, place: String) throws(RouteGridError) -> JSONValue {
        guard let typed = domain.typed(value) else {
            throw .badInput(place, "expected \(domain.expectation), found \(value.jsonText)")
        }
        return typed
    }
}

extension ParameterDescriptor.Domain {
    /// Whether a list is one value of the domain (and not several values of an axis).
    package var isList: Bool {
        if case .integers = self { true } else { false }
    }

    /// The domain in words, as it follows "expected".
    package var expectation: String {
        switch self {
        case .integer(let range):
            range.upperBound == .max
                ? "an integer of at least \(range.lowerBound)"
                : "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range):
            if range.upperBound == .greatestFiniteMagnitude {
                range.lowerBound == .leastNonzeroMagnitude
                    ? "a number above 0" : "a number of at least \(JSONValue.shortestText(range.lowerBound))"
            } else {
                "a number from \(JSONValue.shortestText(range.lowerBound)) to "
                    + JSONValue.shortestText(range.upperBound)
            }
        case .choice(let names): "one of \(names.joined(separator: ", "))"
        case .flag: "true or false"
        case .integers(let range): "a list of integers from \(range.lowerBound) to \(range.upperBound)"
        case .text: "a non-empty text"
        case .file: "a file's path, relative to the grid file"
        }
    }

    func typed(_ value: JSONValue) -> JSONValue? {
        switch self {
        case .integer(let range):
            guard let integer = Self.integer(value), range.contains(integer) else { return nil }
            return JSONValue(integer)
        case .number(let range):
            guard let number = Self.number(value), range.contains(number) else { return nil }
            return .double(number == 0 ? 0 : number)
        case .choice(let names):
            guard let name = value.stringValue, names.contains(name) else { return nil }
            return value
        case .flag:
            switch value {
            case .bool: return value
            case .string("true"): return true
            case .string("false"): return false
            default: return nil
            }
        case .integers(let range):
            guard let items = value.arrayValue, !items.isEmpty else { return nil }
            let integers = items.compactMap(Self.integer)
            guard integers.count == items.count, integers.allSatisfy(range.contains) else { return nil }
            return .array(integers.map { JSONValue($0) })
        case .text, .file:
            guard let text = value.stringValue, !text.isEmpty else { return nil }
            return value
        }
    }

    private static func integer(_ value: JSONValue) -> Int? {
        switch value {
        case .integer(let integer): Int(exactly: integer)
        case .double(let number): Int(exactly: number)
        case .string(let text): Int(text)
        default: nil
        }
    }

    private static func number(_ value: JSONValue) -> Double? {
        guard let number = value.numberValue, number.isFinite else { return nil }
        return number
    }
}
