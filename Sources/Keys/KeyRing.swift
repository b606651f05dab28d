import Foundation
package import RouteGridBase
package import ZeroMQ

/// The keys of a coordinator: its own, and the public halves of all others, as they are in `STATE/keys`.
///
/// A value that was read whole: files that cannot be read make reading fail, and nobody is let in by halves. See
/// ``KeyRingWatch`` for one that follows the folder.
package struct KeyRing: Sendable {
    /// The state folder.
    package let state: String
    /// The key by which others know the coordinator.
    package let server: SecretKey
    /// Whether `routegrid keys init` made it, and not a coordinator for itself: only then may others connect from other
    /// machines.
    package internal(set) var isInitialised: Bool
    /// By name, older ones first; revoked ones too.
    package internal(set) var keys: [RingKey]
    private var places: [String: Int] = [:]

    static let what = "folder of keys"
    static let serverFile = "server.key"
    static let initialisedFile = "initialised"

    static func path(_ state: String) -> String { "\(state)/keys" }

    /// Reads a ring.
    ///
    /// - Parameter state: the state folder.
    /// - Throws: `refused` (77) with the way out when it has no keys or others can reach them; `badInput` naming file,
    ///   line and field.
    package init(state: String) throws(RouteGridError) {
        guard let ring = try KeyRing(existing: state) else {
            throw RouteGridError(.refused, "\(state): has no keys; `routegrid keys init --state \(state)` makes them")
        }
        self = ring
    }

    /// Nil when the state folder has no keys.
    package init?(existing state: String) throws(RouteGridError) {
        guard let folder = try KeyFolder(existing: Self.path(state), what: Self.what) else { return nil }
        try self.init(state: state, folder: folder)
    }

    init?(state: String, folder: KeyFolder) throws(RouteGridError) {
        guard let own = try KeyFile(name: Self.serverFile, in: folder) else { return nil }
        guard own.holder == .coordinator else {
            throw .badInput("\(folder.path)/\(Self.serverFile)", "field \"role\": expected \(KeyFile.coordinatorRole)")
        }
        self.state = state
        server = own.secret
        let names = try folder.names()
        isInitialised = names.contains(Self.initialisedFile)
        keys = []
        var problems: [RouteGridError] = []
        for name in names where name.hasSuffix(RingKey.suffix) {
            do throws(RouteGridError) {
                if let key = try RingKey(file: name, in: folder) { keys.append(key) }
            } catch { problems.append(error) }
        }
        if var first = problems.first {
            first.further = problems.dropFirst().map(\.message)
            throw first
        }
        sort()
        try checkDistinct(folder.path)
    }

    /// Keeps `keys` and what is looked up in step.
    mutating func sort() {
        keys.sort { ($0.name, $0.created, $0.fingerprint) < ($1.name, $1.created, $1.fingerprint) }
        places = Dictionary(
            keys.indices.map { (keys[$0].fingerprint.hex, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func checkDistinct(_ path: String) throws(RouteGridError) {
        for (place, key) in keys.enumerated() where places[key.fingerprint.hex] != place {
            throw .badInput("\(path)/\(key.fileName)", "field \"public-key\": another file holds it too")
        }
        if let key = places[server.publicKey.fingerprint.hex] {
            throw .badInput("\(path)/\(keys[key].fileName)", "field \"public-key\": it is the coordinator's own")
        }
    }

    // MARK: Looking up

    /// Who may connect now; the User-Id is the fingerprint's ``Fingerprint/hex``.
    package var allowList: AllowList {
        var list = AllowList()
        let now = Date()
        for key in keys where key.isValid(at: now) { list.allow(key.publicKey, as: key.fingerprint.hex) }
        return list
    }

    /// The key that a message's User-Id names, revoked or not; nil when the ring has none.
    package func key(userID: String) -> RingKey? { places[userID].map { keys[$0] } }

    /// The role in which a message with this User-Id may act now; nil when its key is unknown, revoked or expired.
    package func role(userID: String?) -> Role? {
        guard let userID, let key = key(userID: userID), key.isValid(at: Date()) else { return nil }
        return key.role
    }

    /// A key and those before it that it took the place of, newest first: processes of one are processes of all.
    package func lineage(of key: RingKey) -> [RingKey] {
        var line = [key]
        // A ring that was written by hand may be a circle.
        while let before = line.last?.predecessor, let found = self.key(userID: before.fingerprint.hex),
            !line.contains(found)
        {
            line.append(found)
        }
        return line
    }
}

extension KeyRing {
    /// A name that no key has had, such as `worker-1`.
    ///
    /// - Throws: `usage` never: names of this form are names.
    package func freeName(_ role: Role) throws(RouteGridError) -> KeyName {
        let used = Set(keys.map(\.name.text))
        var number = 1
        while used.contains("\(role)-\(number)") { number += 1 }
        return try KeyName("\(role)-\(number)")
    }

    /// A name that no key has had: the one that is wished, or that with a number.
    ///
    /// - Throws: `usage` never: names of this form are names.
    func freeName(like wish: KeyName) throws(RouteGridError) -> KeyName {
        let used = Set(keys.map(\.name))
        if !used.contains(wish) { return wish }
        let stem = wish.text.prefix(KeyName.limit - 8)
        var number = 2
        while let name = KeyName(checking: "\(stem)-\(number)"), used.contains(name) { number += 1 }
        return try KeyName("\(stem)-\(number)")
    }

    /// The keys whose holders came with an invite.
    package func joined(by invite: RingKey) -> [RingKey] { keys.filter { $0.invitedBy == invite.publicKey } }
}
