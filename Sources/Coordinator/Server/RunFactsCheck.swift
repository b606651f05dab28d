import RouteGridBase

/// What a coordinator accepts as the facts of an execution: they are shown and never hashed, but stored in files and
/// sent in streams beside the records.
enum RunFactsCheck {
    /// Valid ones have some hundred bytes.
    static let maximumSize = 64 << 10

    /// Whether they are empty, or one JSON object in the form of a line.
    static func isValid(_ facts: ArraySlice<UInt8>) -> Bool {
        guard !facts.isEmpty else { return true }
        return facts.count <= maximumSize && facts.withUnsafeBytes { CompactJSON.members(of: $0) != nil }
    }
}
