/// What the holder of a key may be to a coordinator; ``Permissions`` says what each may do.
package enum Role: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    /// Takes leases and delivers results.
    case worker
    /// Submits grids, follows and steers runs.
    case client
    /// A client that also decides about workers, keys and records.
    case admin
    /// Looks, and changes nothing.
    case reader
    /// Asks for a key of its own, and does nothing else: who holds an invite for several.
    case joiner

    package var description: String { rawValue }

    /// `worker, client, admin, reader or joiner`.
    package static var list: String {
        let names = allCases.map(\.rawValue)
        return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    }
}
