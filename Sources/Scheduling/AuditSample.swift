package import RouteGridBase

/// Which cells are audited: a function of their key and a secret of the store, so that the choice is the same after
/// every restart, and workers cannot know it.
package struct AuditSample: Sendable {
    package static let secretSize = 32

    private let secret: [UInt8]
    /// Digests below it are in the sample, by their first eight bytes; nil for all of them.
    private let bound: UInt64?

    /// - Parameters:
    ///   - secret: of ``secretSize`` bytes; a keyed hash of keys of one length needs no more than to begin with it.
    ///   - rate: the part of the cells that is audited, 0 to 1.
    package init(secret: [UInt8], rate: Double) {
        precondition(secret.count == Self.secretSize, "a secret of \(secret.count) bytes")
        self.secret = secret
        bound = rate >= 1 ? nil : UInt64(max(0, rate) * 0x1p64)
    }

    package func contains(_ key: JobKey) -> Bool {
        guard let bound else { return true }
        let digest = Digest(hashing: secret + key.bytes)
        return digest.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } < bound
    }
}
