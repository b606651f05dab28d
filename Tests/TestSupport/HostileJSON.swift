package import RouteGridBase

/// Documents that differ from a right one in one member, each in a way that a broken or hostile sender would try.
package struct HostileJSON {
    private enum Step { case member(String), element(Int) }

    private let document: JSONValue
    private var places: [[Step]] = []
    private var random: Xoshiro256

    package init(_ document: JSONValue, seed: String) {
        self.document = document
        random = Xoshiro256(seed: Digest(hashing: seed.utf8))
        collect(document, [])
    }

    /// What a member is replaced by: the ends of every number type, texts that read as no number, other types, depth.
    package static let values: [JSONValue] = [
        .null, true, -1, 0, 1, 2, 255, 256, 65_536, .integer(.max), .integer(.min), .integer(1 << 53),
        .integer(1 << 62),
        .integer(-1 << 40), 0.5, -0.5, 1e300, -1e300, 1e-300, .double(.leastNonzeroMagnitude),
        .double(.greatestFiniteMagnitude), "nan", "-nan", "inf",
        "-inf", "1e300", "1e999", "-9223372036854775808", "9223372036854775807", "0x1p1023", "exact", "1e308x", "0x",
        "",
        " ", "\u{0}", "a\u{0}b", "\u{1B}[2J\u{7}", "\u{202E}txt", "line\nfeed\r", "=1+1", "../../etc", .string(long),
        [],
        [[]], [.null], [1, "a"], [[0, .integer(.max)]], [[.integer(.min), 1]], [[0, 100_000_000]], .object([:]),
        ["kind": "random"], ["": 1], nested,
    ]

    private static let long = String(repeating: "x", count: 20_000)
    private static let nested = (0..<50).reduce(JSONValue.null) { value, _ in [value] }

    /// The next document.
    package mutating func next() -> JSONValue {
        let place = places[random.below(places.count)]
        switch random.below(8) {
        case 0: return changed(document, place[...]) { _ in nil }
        case 1:
            // A list that holds its first element twice, or a member more.
            return changed(document, place[...]) { value in
                switch value {
                case .array(let items): .array(items + items.prefix(1))
                case .object(let members): .object(members.merging(["extra": 1]) { $1 })
                default: [value]
                }
            }
        default:
            let value = Self.values[random.below(Self.values.count)]
            return changed(document, place[...]) { _ in value }
        }
    }

    private mutating func collect(_ value: JSONValue, _ path: [Step]) {
        if !path.isEmpty { places.append(path) }
        switch value {
        case .object(let members):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) { collect(member, path + [.member(name)]) }
        case .array(let items):
            for (index, item) in items.enumerated() { collect(item, path + [.element(index)]) }
        default: break
        }
    }

    private func changed(
        _ value: JSONValue,
        _ path: ArraySlice<Step>,
        _ change: (JSONValue) -> JSONValue?
    ) -> JSONValue {
        guard let step = path.first else { return change(value) ?? .null }
        switch (step, value) {
        case (.member(let name), .object(var members)):
            if path.count == 1 {
                members[name] = members[name].flatMap(change)
            } else if let member = members[name] {
                members[name] = changed(member, path.dropFirst(), change)
            }
            return .object(members)
        case (.element(let index), .array(var items)):
            if path.count == 1 {
                if let new = change(items[index]) { items[index] = new } else { items.remove(at: index) }
            } else {
                items[index] = changed(items[index], path.dropFirst(), change)
            }
            return .array(items)
        default: return value
        }
    }
}
