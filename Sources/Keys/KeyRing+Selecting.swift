package import RouteGridBase

extension KeyRing {
    /// The fingerprints that a selector means: those of a name, or one by itself, which the ring need not hold.
    ///
    /// - Throws: `badInput` for a name that no key has; as ``init(state:)``.
    package static func fingerprints(of selector: String, state: String) throws(RouteGridError) -> Set<String> {
        let hex = selector.filter { $0 != " " }.lowercased()
        let named = try KeyRing(state: state).keys.filter { $0.name.text == selector }.map(\.fingerprint.hex)
        if !named.isEmpty { return Set(named) }
        guard hex.count == 16, hex.allSatisfy(\.isHexDigit) else {
            throw RouteGridError(
                .badInput,
                "\(SafeText.line(String(selector.prefix(80)))): no key has this name, and it is no fingerprint"
            )
        }
        return [hex]
    }
}
