package import RouteGridBase

/// The metrics of a record or a run by name, in little memory: each `{"v": number}`, with the point `at` that it was
/// read at, or `{"v": null, "why": text}`.
///
/// The names, which nearly all records share, stand once for all of them.
package struct MetricReadings: Sendable {
    /// Sorted names, with the place of each.
    final class Names: Sendable {
        let all: [String]
        fileprivate let places: [String: Int]

        init(_ names: [String]) {
            all = names
            places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        }
    }

    private enum Reading: Sendable {
        /// A number that is not whole, read at a point; at none below 0.
        case number(Double, at: Int32)
        case other(JSONValue)

        init(_ value: JSONValue, sharing parts: SharedParts) {
            if case .object(let members) = value, case .double(let number)? = members["v"] {
                let at = members["at"]?.integerValue.flatMap { Int32(exactly: $0) }
                if members.count == 1 {
                    self = .number(number, at: -1)
                    return
                }
                if members.count == 2, let at, at >= 0 {
                    self = .number(number, at: at)
                    return
                }
            }
            self = .other(parts.value(value))
        }
    }

    let names: Names
    private var readings: [Reading]
    /// What was added to the record's own, few.
    private var added: [(name: String, value: JSONValue)] = []

    /// - Parameter members: By name.
    package init(_ members: [String: JSONValue]) { self.init(members, sharing: SharedParts()) }

    init(_ members: [String: JSONValue], sharing parts: SharedParts) {
        names = parts.names(members.keys.sorted())
        readings = names.all.map { Reading(members[$0] ?? .null, sharing: parts) }
    }

    package subscript(name: String) -> JSONValue? {
        get {
            if let value = added.first(where: { $0.name == name })?.value { return value }
            guard let place = names.places[name] else { return nil }
            switch readings[place] {
            case .number(let number, let at) where at < 0: return ["v": .double(number)]
            case .number(let number, let at): return ["v": .double(number), "at": JSONValue(Int(at))]
            case .other(let value): return value
            }
        }
        set {
            added.removeAll { $0.name == name }
            if let newValue { added.append((name, newValue)) }
        }
    }

    /// A metric's value; nil where it has none.
    package func number(_ name: String) -> Double? {
        if let value = added.first(where: { $0.name == name })?.value { return value["v"]?.numberValue }
        guard let place = names.places[name] else { return nil }
        switch readings[place] {
        case .number(let number, _): return number
        case .other(let value): return value["v"]?.numberValue
        }
    }

    /// The names that were added to the record's own.
    var addedNames: [String] { added.map(\.name) }

    package var json: [String: JSONValue] {
        Dictionary((names.all + addedNames).map { ($0, self[$0] ?? .null) }) { $1 }
    }
}
