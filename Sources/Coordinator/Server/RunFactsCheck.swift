import RouteGridBase

/// What a coordinator accepts as the facts of an execution: they are shown and never hashed, but stored in files and
/// sent in streams beside the records.
enum RunFactsCheck {
    /// Valid ones have some hundred bytes.
    static let maximumSize = 64 << 10

    /// The facts with the key that delivered them; nil unless they are empty, or one JSON object in the form of a line
    /// that does not name a key itself.
    static func delivered(_ facts: ArraySlice<UInt8>, by key: String?) -> ArraySlice<UInt8>? {
        let own = key.map { Array("\"\(DeliveredRecord.keyMember)\":\"\($0)\"}".utf8) }
        guard !facts.isEmpty else { return own.map { (Array("{".utf8) + $0)[...] } ?? facts }
        guard facts.count <= maximumSize else { return nil }
        let count = facts.withUnsafeBytes { bytes -> Int? in
            guard let members = CompactJSON.members(of: bytes) else { return nil }
            let names = members.map { UnsafeRawBufferPointer(rebasing: bytes[$0.name]) }
            return names.contains { $0.elementsEqual(DeliveredRecord.keyMember.utf8) } ? nil : members.count
        }
        guard let count else { return nil }
        guard let own else { return facts }
        var line: [UInt8] = []
        line.reserveCapacity(facts.count + own.count + 1)
        line.append(contentsOf: facts.dropLast())
        if count > 0 { line.append(UInt8(ascii: ",")) }
        line.append(contentsOf: own)
        return line[...]
    }
}
