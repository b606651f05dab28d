package import RouteGridBase

extension RouterConfiguration {
    /// `{kind, revision, every parameter}`: the form that keys hash.
    package func json(revision: Int) -> JSONValue {
        configurationJSON(kind: kind, revision: revision, parameters: parameters)
    }

    /// Reads what ``json(revision:)`` writes.
    ///
    /// - Throws: ``RouteGridError`` `badInput` for an unknown kind or parameter, a value out of range, or a revision
    ///   that this build does not have.
    package init(json: JSONValue, place: String = "router") throws(RouteGridError) {
        let (kind, revision, parameters) = try configurationParts(of: json, place: place)
        let own = try RouterCatalog.descriptor(of: kind, place: place).revision
        try checkRevision(revision, own: own, of: "router \(kind)", place: place)
        self = try RouterCatalog.configure(kind: kind, parameters: parameters, place: place)
    }

    /// The value of a whole-number parameter, or nil when there is none of that name and type.
    package func integer(_ name: String) -> Int? { parameters[name]?.integerValue }
    /// The value of a number parameter, or nil when there is none of that name and type.
    package func number(_ name: String) -> Double? { parameters[name]?.numberValue }
    /// The value of a choice or text parameter, or nil when there is none of that name and type.
    package func choice(_ name: String) -> String? { parameters[name]?.stringValue }
}

extension FusionConfiguration {
    /// `{kind, revision, every parameter}`: the form that keys hash.
    package func json(revision: Int) -> JSONValue {
        configurationJSON(kind: kind, revision: revision, parameters: parameters)
    }

    /// Reads what ``json(revision:)`` writes; errors as for routers.
    package init(json: JSONValue, place: String = "fusion") throws(RouteGridError) {
        let (kind, revision, parameters) = try configurationParts(of: json, place: place)
        let own = try FusionCatalog.descriptor(of: kind, place: place).revision
        try checkRevision(revision, own: own, of: "fusion \(kind)", place: place)
        self = try FusionCatalog.configure(kind: kind, parameters: parameters, place: place)
    }
}

extension LabelConfiguration {
    /// `{rule, lambda, scale}`: the form that keys hash; an infinite λ is the text `inf`.
    package var json: JSONValue {
        ["rule": .string(scheme), "lambda": lambda.isFinite ? .double(lambda) : "inf", "scale": .double(scale)]
    }

    /// Reads what ``json`` writes.
    package init(json: JSONValue, place: String = "label") throws(RouteGridError) {
        guard let members = json.objectValue, Set(members.keys) == ["rule", "lambda", "scale"],
            let scheme = members["rule"]?.stringValue, ["exp", "power"].contains(scheme),
            let lambda = members["lambda"] == "inf" ? .infinity : members["lambda"]?.numberValue, lambda >= 0,
            let scale = members["scale"]?.numberValue, scale > 0
        else { throw .badInput(place, "expected {rule: exp or power, lambda: ≥ 0 or inf, scale: > 0}") }
        self.init(lambda: lambda, scale: scale, scheme: scheme)
    }
}

private func configurationJSON(kind: String, revision: Int, parameters: [String: JSONValue]) -> JSONValue {
    var members = parameters
    members["kind"] = .string(kind)
    members["revision"] = JSONValue(revision)
    return .object(members)
}

private func configurationParts(
    of json: JSONValue,
    place: String
) throws(RouteGridError) -> (kind: String, revision: Int, parameters: [String: JSONValue]) {
    guard var parameters = json.objectValue,
        let kind = parameters.removeValue(forKey: "kind")?.stringValue,
        let revision = parameters.removeValue(forKey: "revision")?.integerValue
    else { throw .badInput(place, "expected an object with kind and revision") }
    return (kind, revision, parameters)
}

/// Refuses a job that was made by a build whose numbers differ.
package func checkRevision(_ revision: Int, own: Int, of name: String, place: String) throws(RouteGridError) {
    guard revision == own else {
        throw .badInput(place, "\(name) is asked for in revision \(revision), this build has revision \(own)")
    }
}
