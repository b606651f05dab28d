package import RouteGridBase

/// Every router that a grid may name.
///
/// The catalog knows names, parameters and what a router depends on, and nothing of how a router works: the grid and
/// the coordinator need it without linking any numerics.
package enum RouterCatalog {
    /// The routers that the core fits, in the order in which they are listed to people.
    package static let descriptors = baselines + mmrBench + vlRouterBench + external

    /// Routers that read the answers: they bound what is possible and compete with nobody.
    package static let bounds = Set(descriptors.filter(\.isBound).map(\.kind))

    /// Routers whose choices are looked up once they are made, by a program or by whoever recorded them: how long that
    /// takes says nothing of the router.
    package static let lookedUp: Set<String> = [programKind, "recorded"]

    private static let byKind = Dictionary(uniqueKeysWithValues: descriptors.map { ($0.kind, $0) })

    /// - Throws: ``RouteGridError`` `badInput` with the nearest known kind.
    package static func descriptor(of kind: String, place: String = "router") throws(RouteGridError)
        -> RouterDescriptor
    {
        guard let descriptor = byKind[kind] else {
            throw .badInput(
                place,
                "unknown router \"\(kind)\"\(NearestName.hint(kind, in: descriptors.map(\.kind)))"
            )
        }
        return descriptor
    }

    /// A configuration with defaults filled in and every value typed and in range.
    ///
    /// `place` is where the router stands, such as `grid.yaml:12: routers[2]`.
    /// - Throws: ``RouteGridError`` `badInput` for an unknown kind or parameter (with the nearest known name), a value
    ///   out of its domain, or an absent parameter without a default.
    package static func configure(
        kind: String,
        parameters: [String: JSONValue] = [:],
        place: String = "router"
    ) throws(RouteGridError) -> RouterConfiguration {
        let descriptor = try descriptor(of: kind, place: place)
        let filled = try descriptor.parameters.filled(with: parameters, of: "router \(kind)", place: place)
        return RouterConfiguration(kind: kind, parameters: filled)
    }
}

extension [ParameterDescriptor] {
    /// The values with defaults filled in, each typed and in range; `owner` is what they belong to, for messages.
    func filled(
        with values: [String: JSONValue],
        of owner: String,
        place: String
    ) throws(RouteGridError) -> [String: JSONValue] {
        for name in values.keys.sorted() where !contains(where: { $0.name == name }) {
            throw unknown(name, of: owner, place: place)
        }
        var filled: [String: JSONValue] = [:]
        for parameter in self {
            if let value = values[parameter.name] {
                filled[parameter.name] = try parameter.checked(value, place: "\(place).\(parameter.name)")
            } else if let value = parameter.defaultValue {
                filled[parameter.name] = parameter.domain.typed(value)
            } else {
                throw .badInput(place, "\(owner) needs \"\(parameter.name)\": \(parameter.domain.expectation)")
            }
        }
        return filled
    }

    /// The error for a parameter that does not exist.
    package func unknown(_ name: String, of owner: String, place: String) -> RouteGridError {
        let hint = isEmpty ? "; it has none" : NearestName.hint(name, in: map(\.name))
        return .badInput(place, "\(owner) has no parameter \"\(name)\"\(hint)")
    }
}
