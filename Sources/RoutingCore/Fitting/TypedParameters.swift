import Catalog
import RouteGridBase

/// The parameters of a configuration, read with their types.
///
/// The catalog has filled in defaults and checked ranges; what is read here is checked again for presence and type
/// only, so that a configuration built by hand fails with its name and not with a crash.
struct TypedParameters {
    /// What the parameters belong to, such as `router knn`, for messages.
    let place: String
    let values: [String: JSONValue]

    init(_ router: RouterConfiguration) {
        place = "router \(router.kind)"
        values = router.parameters
    }

    init(_ fusion: FusionConfiguration) {
        place = "fusion \(fusion.kind)"
        values = fusion.parameters
    }

    /// - Throws: `badInput` when the parameter is absent or not a whole number.
    func integer(_ name: String) throws(RouteGridError) -> Int {
        guard let value = values[name]?.integerValue else { throw missing(name, "a whole number") }
        return value
    }

    /// - Throws: `badInput` when the parameter is absent or not a number.
    func number(_ name: String) throws(RouteGridError) -> Double {
        guard let value = values[name]?.numberValue else { throw missing(name, "a number") }
        return value
    }

    /// - Throws: `badInput` when the parameter is absent or not a text.
    func text(_ name: String) throws(RouteGridError) -> String {
        guard let value = values[name]?.stringValue else { throw missing(name, "a text") }
        return value
    }

    /// - Throws: `badInput` when the parameter is absent or not one of the cases of `type`.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        as type: Choice.Type = Choice.self
    ) throws(RouteGridError) -> Choice where Choice.RawValue == String {
        guard let value = values[name]?.stringValue, let choice = Choice(rawValue: value) else {
            throw missing(name, "one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// - Throws: `badInput` when the parameter is absent or not a list of whole numbers.
    func integers(_ name: String) throws(RouteGridError) -> [Int] {
        guard let list = values[name]?.arrayValue, !list.isEmpty else { throw missing(name, "a list of whole numbers") }
        var result: [Int] = []
        for item in list {
            guard let value = item.integerValue else { throw missing(name, "a list of whole numbers") }
            result.append(value)
        }
        return result
    }

    private func missing(_ name: String, _ expected: String) -> RouteGridError {
        let found = values[name].map { "found \($0.canonicalText)" } ?? "it is absent"
        return .badInput(place, "parameter \"\(name)\": expected \(expected), \(found)")
    }
}
