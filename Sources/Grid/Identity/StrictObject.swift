import RouteGridBase

/// A JSON object of which every member must be taken: what is left over is an error, so that a field of a newer build
/// is never silently ignored.
struct StrictObject {
    let place: String
    private var members: [String: JSONValue]

    init(_ json: JSONValue?, place: String) throws(RouteGridError) {
        guard let members = json?.objectValue else { throw .badInput(place, "expected an object") }
        self.place = place
        self.members = members
    }

    mutating func optional(_ name: String) -> JSONValue? {
        guard let value = members.removeValue(forKey: name), value != .null else { return nil }
        return value
    }

    mutating func required(_ name: String) throws(RouteGridError) -> JSONValue {
        guard let value = optional(name) else { throw .badInput(place, "\"\(name)\" is missing") }
        return value
    }

    mutating func text(_ name: String) throws(RouteGridError) -> String {
        guard let value = try required(name).stringValue else { throw .badInput("\(place).\(name)", "expected a text") }
        return value
    }

    /// A text that may be the name of something, see ``SafeText/refusal(ofName:)``.
    mutating func name(_ name: String) throws(RouteGridError) -> String {
        let value = try text(name)
        if let why = SafeText.refusal(ofName: value) { throw .badInput("\(place).\(name)", "the name \(why)") }
        return value
    }

    /// Takes the member `schema`, which must be the one that the reader knows.
    mutating func schema(_ expected: String) throws(RouteGridError) {
        let found = try text("schema")
        guard found == expected else { throw .badInput(place, "schema: expected \(expected), found \"\(found)\"") }
    }

    mutating func integer(_ name: String) throws(RouteGridError) -> Int {
        guard let value = try required(name).integerValue else {
            throw .badInput("\(place).\(name)", "expected a whole number")
        }
        return value
    }

    /// A whole number of a range.
    mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(RouteGridError) -> Int {
        let value = try integer(name)
        guard range.contains(value) else {
            throw .badInput("\(place).\(name)", "expected \(ParameterExpectation.integer(range)), found \(value)")
        }
        return value
    }

    /// A finite number of a range.
    mutating func number(_ name: String, in range: ClosedRange<Double>) throws(RouteGridError) -> Double {
        let value = try number(name)
        guard range.contains(value) else {
            throw .badInput("\(place).\(name)", "expected \(ParameterExpectation.number(range)), found \(value)")
        }
        return value
    }

    /// A list of whole numbers of a range.
    mutating func integers(_ name: String, in range: ClosedRange<Int>) throws(RouteGridError) -> [Int] {
        try list(name).mapThrowing { item throws(RouteGridError) in
            guard let value = item.integerValue, range.contains(value) else {
                throw .badInput("\(place).\(name)", "expected \(ParameterExpectation.integer(range)) each")
            }
            return value
        }
    }

    mutating func number(_ name: String) throws(RouteGridError) -> Double {
        guard let value = try required(name).numberValue else {
            throw .badInput("\(place).\(name)", "expected a number")
        }
        return value
    }

    mutating func digest(_ name: String) throws(RouteGridError) -> Digest {
        guard let digest = Digest(hex: try text(name)) else {
            throw .badInput("\(place).\(name)", "expected 64 hex digits")
        }
        return digest
    }

    mutating func optionalDigest(_ name: String) throws(RouteGridError) -> Digest? {
        members[name] == nil ? nil : try digest(name)
    }

    mutating func texts(_ name: String) throws(RouteGridError) -> [String] {
        guard let items = try required(name).arrayValue, case let texts = items.compactMap(\.stringValue),
            texts.count == items.count
        else { throw .badInput("\(place).\(name)", "expected a list of texts") }
        return texts
    }

    mutating func list(_ name: String) throws(RouteGridError) -> [JSONValue] {
        guard let items = try required(name).arrayValue else { throw .badInput("\(place).\(name)", "expected a list") }
        return items
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        of type: Choice.Type = Choice.self
    ) throws(RouteGridError) -> Choice where Choice.RawValue == String {
        let value = try text(name)
        guard let choice = Choice(rawValue: value) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badInput("\(place).\(name)", "expected one of \(known), found \"\(value)\"")
        }
        return choice
    }

    mutating func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        of type: Choice.Type = Choice.self
    ) throws(RouteGridError) -> Choice? where Choice.RawValue == String {
        members[name] == nil ? nil : try choice(name)
    }

    /// Refuses members that nobody took.
    func finish() throws(RouteGridError) {
        guard let name = members.keys.min() else { return }
        throw .badInput(place, "unknown member \"\(name)\"")
    }
}
