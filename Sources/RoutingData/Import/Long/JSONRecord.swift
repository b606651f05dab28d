import RouteGridBase

/// A row out of JSON: a line, an entry of a list, or one model's part of either.
struct JSONRecord: LongRecord {
    /// Which entry a star stands for.
    enum Star {
        case member(String)
        case entry(Int)
    }

    let value: JSONValue
    /// What the row stands in.
    let document: JSONValue
    var star: Star?
    let place: String
    let paths: [FieldPath]

    /// The row once a model: the entries where the form's star stands, members by name.
    func spread(at path: FieldPath) throws(RouteGridError) -> [JSONRecord] {
        guard let steps = path.stepsBeforeStar else { return [self] }
        let container = try resolve(steps, of: path, model: nil)
        let hasMore = steps.count + 1 < path.steps.count
        let stars: [Star]
        switch container {
        case .object(let members):
            // Beside models stand texts about the query.
            stars = members.filter { !hasMore || $0.value.objectValue != nil || $0.value.arrayValue != nil }
                .keys.sorted(by: Dataset.inCodePointOrder).map { .member($0) }
        case .array(let entries): stars = entries.indices.map { .entry($0) }
        default: stars = []
        }
        return stars.map { star in
            var record = self
            record.star = star
            return record
        }
    }

    func value(_ number: Int, model: String?) throws(RouteGridError) -> JSONValue? {
        let path = paths[number]
        if path.steps.count > 1, !path.isOuter, let flat = value[path.text] { return flat == .null ? nil : flat }
        let found = try resolve(path.steps[...], of: path, model: model)
        switch found {
        case .null: return nil
        case .string(let text) where text.isEmpty: return nil
        default: return found
        }
    }

    /// The name of the entry that the star stands for.
    var starName: String? {
        guard case .member(let name) = star else { return nil }
        return name
    }

    private func resolve(
        _ steps: ArraySlice<FieldPath.Step>,
        of path: FieldPath,
        model: String?
    ) throws(RouteGridError) -> JSONValue? {
        var current = path.isOuter ? document : value
        for step in steps {
            let next: JSONValue?
            switch (step, current) {
            case (.member(let name), .object(let members)): next = members[name]
            case (.member(let name), .array(let entries)):
                next = Int(name).flatMap { entries.indices.contains($0) ? entries[$0] : nil }
            case (.star, .object(let members)): next = starName.flatMap { members[$0] }
            case (.star, .array(let entries)):
                if case .entry(let index) = star, entries.indices.contains(index) {
                    next = entries[index]
                } else {
                    next = nil
                }
            case (.only, .object(let members)): next = try only(members, path)
            case (.model, .object(let members)):
                next = model.flatMap { members[$0] } ?? (members.count == 1 ? members.first?.value : nil)
            case (.named(let field), .object(let members)):
                let named = members[field]
                let names = named?.arrayValue?.compactMap(\.stringValue) ?? named?.stringValue.map { [$0] } ?? []
                next = try only(members.filter { names.contains($0.key) }, path)
            default: next = nil
            }
            guard let next else { return nil }
            current = next
        }
        return current
    }

    private func only(_ members: [String: JSONValue], _ path: FieldPath) throws(RouteGridError) -> JSONValue? {
        if members.count > 1 {
            let names = members.keys.sorted()
            let way = path.text.replacing("?", with: names[0])
            throw .badInput(
                place,
                "several scores: \(names.joined(separator: ", ")); say which, such as --map score="
                    + (path.text.hasPrefix("$") ? names[0] : way)
            )
        }
        return members.first?.value
    }

    func number(_ number: Int, model: String?) throws(RouteGridError) -> Double? {
        guard let value = try value(number, model: model) else { return nil }
        if let entries = value.arrayValue {
            let numbers = entries.compactMap(\.numberValue)
            guard numbers.count == entries.count else {
                throw failure(number, "expected a list of numbers, found \(shown(value))")
            }
            return numbers.isEmpty ? nil : numbers.reduce(0, +) / Double(numbers.count)
        }
        guard let found = value.numberValue else { throw failure(number, "expected a number, found \(shown(value))") }
        return found
    }

    private func shown(_ value: JSONValue) -> String { String(value.jsonText.prefix(40)) }

    func failure(_ number: Int, _ message: String) -> RouteGridError {
        let model = starName.map { " of \"\($0)\"" } ?? ""
        return .badInput(place, "field \"\(paths[number].text)\"\(model): \(message)")
    }
}
