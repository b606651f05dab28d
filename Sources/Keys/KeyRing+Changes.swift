package import Foundation
package import RouteGridBase
import ZeroMQ

/// Changes on disk: each is one file that is replaced whole, on disk when the function returns.
///
/// A ring that was read before does not change; read it again.
extension KeyRing {
    /// Makes the coordinator's key when there is none.
    ///
    /// - Parameters:
    ///   - state: the state folder, made when it is missing.
    ///   - isForOthers: true for `keys init`: from then on other machines may connect.
    /// - Returns: the ring.
    /// - Throws: `usage` for a state folder that others can change, `refused` for a folder of keys that others can
    ///   reach, `badInput` for one that cannot be read, `temporary` on a full disk, `system`.
    @discardableResult
    package static func initialise(state: String, isForOthers: Bool = true) throws(RouteGridError) -> KeyRing {
        try PrivateFolder.make(state, what: "state folder", option: "--state")
        let folder = try KeyFolder.make(path(state), what: what)
        return try folder.locked { () throws(RouteGridError) in
            if try KeyFile(name: serverFile, in: folder) == nil {
                let own = KeyFile(secret: try SecretKey.generate(), holder: .coordinator)
                try own.write(to: serverFile, in: folder, replacing: false)
            }
            if isForOthers { try folder.write([], to: initialisedFile, replacing: true) }
            return try reread(state, folder)
        }
    }

    /// Adds a key whose secret half is somewhere else.
    ///
    /// - Returns: the key as the ring holds it.
    /// - Throws: `usage` when the name is in use or the key is in the ring already (revoked ones too); as
    ///   ``init(state:)``.
    @discardableResult
    package static func add(
        _ name: KeyName,
        role: Role,
        publicKey: PublicKey,
        isTrusted: Bool = false,
        state: String,
        at now: Date = Date()
    ) throws(RouteGridError) -> RingKey {
        try change(state) { ring, folder throws(RouteGridError) in
            try ring.checkFree(name)
            let key = RingKey(name: name, role: role, publicKey: publicKey, created: now, isTrusted: isTrusted)
            try ring.put(key, in: folder)
            return key
        }
    }

    /// Adds a new key, and gives all that its holder needs.
    ///
    /// - Parameters:
    ///   - name: of the key.
    ///   - role: what its holder may be.
    ///   - address: what the holder connects to, when it is known.
    ///   - isTrusted: whether its results decide where others differ.
    ///   - state: the state folder.
    ///   - now: when.
    /// - Returns: what goes to the holder, and nowhere else.
    /// - Throws: As ``add(_:role:publicKey:isTrusted:state:at:)``.
    package static func invite(
        _ name: KeyName,
        role: Role,
        address: String? = nil,
        isTrusted: Bool = false,
        state: String,
        at now: Date = Date()
    ) throws(RouteGridError) -> Invite {
        let secret = try SecretKey.generate()
        try add(name, role: role, publicKey: secret.publicKey, isTrusted: isTrusted, state: state, at: now)
        let server = try KeyRing(state: state).server.publicKey
        return Invite(secret: secret, name: name, role: role, server: server, address: address)
    }

    /// Ends keys: new connections are refused, and messages of old ones as soon as the coordinator has read the ring.
    ///
    /// - Parameters:
    ///   - selector: a name (all its keys), or a fingerprint.
    ///   - withJoined: those that came by an invite too.
    ///   - state: the state folder.
    ///   - now: when.
    /// - Returns: the keys that were ended now; none when all were before.
    /// - Throws: `badInput` when the ring has no such key; as ``init(state:)``.
    @discardableResult
    package static func revoke(
        _ selector: String,
        withJoined: Bool = false,
        state: String,
        at now: Date = Date()
    ) throws(RouteGridError) -> [RingKey] {
        try change(state) { ring, folder throws(RouteGridError) in
            var ended: [RingKey] = []
            let meant = try ring.select(selector)
            let joined = withJoined ? meant.flatMap(ring.joined) : []
            for var key in meant + joined where key.isAllowed {
                key.revoked = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
                try folder.write(key.fileBytes, to: key.fileName, replacing: true)
                ended.append(key)
            }
            return ended
        }
    }

    /// Replaces a key by a new one of the same name and role, which is known as its successor.
    ///
    /// The new one is on disk before the old one ends: a crash in between leaves both allowed, which
    /// `keys list` shows.
    ///
    /// - Parameters:
    ///   - selector: a name or a fingerprint.
    ///   - keepsOld: the old one stays allowed until it is revoked by its fingerprint.
    ///   - address: what the holder connects to, when it is known.
    ///   - state: the state folder.
    ///   - now: when.
    /// - Returns: what goes to the holder, and nowhere else.
    /// - Throws: `badInput` when the ring has no such key that is allowed, or several; as ``init(state:)``.
    package static func rotate(
        _ selector: String,
        keepsOld: Bool = false,
        address: String? = nil,
        state: String,
        at now: Date = Date()
    ) throws(RouteGridError) -> Invite {
        let secret = try SecretKey.generate()
        return try change(state) { ring, folder throws(RouteGridError) in
            let found = try ring.select(selector).filter(\.isAllowed)
            guard let old = found.first, found.count == 1 else {
                throw RouteGridError(
                    .badInput,
                    found.isEmpty
                        ? "\(selector): is revoked; `routegrid keys invite` makes a new key"
                        : "\(selector): \(found.count) keys have this name; say which by its fingerprint: "
                            + found.map(\.fingerprint.hex).joined(separator: ", ")
                )
            }
            let new = RingKey(
                name: old.name,
                role: old.role,
                publicKey: secret.publicKey,
                created: now,
                predecessor: old.publicKey,
                isTrusted: old.isTrusted,
                invitation: old.invitation,
                invitedBy: old.invitedBy
            )
            try ring.put(new, in: folder)
            if !keepsOld {
                var ended = old
                ended.revoked = new.created
                try folder.write(ended.fileBytes, to: ended.fileName, replacing: true)
            }
            return Invite(
                secret: secret,
                name: new.name,
                role: new.role,
                server: ring.server.publicKey,
                address: address
            )
        }
    }

    /// The key of a role that a coordinator keeps for processes of its own user, made when there is none.
    ///
    /// Its secret half is beside the ring, so that a worker that outlives a restart is still known.
    ///
    /// - Throws: As ``initialise(state:isForOthers:)``.
    package static func localKey(
        _ role: Role,
        address: String?,
        state: String,
        at now: Date = Date()
    ) throws(RouteGridError) -> KeyFile {
        let file = "local-\(role).key"
        let name = try KeyName("local-\(role)")
        return try change(state) { ring, folder throws(RouteGridError) in
            var secret: SecretKey?
            if let kept = try KeyFile(name: file, in: folder),
                ring.key(userID: kept.secret.publicKey.fingerprint.hex)?.isAllowed == true
            {
                secret = kept.secret
            }
            let server = ring.server.publicKey
            if let secret {
                return KeyFile(secret: secret, holder: .peer(name: name, role: role, server: server, address: address))
            }
            let made = KeyFile(
                secret: try SecretKey.generate(),
                holder: .peer(name: name, role: role, server: server, address: nil)
            )
            // The secret first: a key of the ring whose secret nobody has would stay for ever.
            try made.write(to: file, in: folder, replacing: true)
            let key = RingKey(name: name, role: role, publicKey: made.secret.publicKey, created: now)
            try ring.put(key, in: folder)
            return KeyFile(
                secret: made.secret,
                holder: .peer(name: name, role: role, server: server, address: address)
            )
        }
    }

    // MARK: Steps

    func checkFree(_ name: KeyName) throws(RouteGridError) {
        guard let other = keys.first(where: { $0.name == name && $0.isAllowed }) else { return }
        throw RouteGridError(
            .usage,
            "\(name): a \(other.role) key has this name already (\(other.fingerprint)); "
                + "`routegrid keys rotate \(name)` replaces it, `keys revoke \(name)` ends it"
        )
    }

    static func change<Result>(
        _ state: String,
        _ body: (inout KeyRing, KeyFolder) throws(RouteGridError) -> Result
    ) throws(RouteGridError) -> Result {
        guard let folder = try KeyFolder(existing: path(state), what: what) else {
            // For its words.
            _ = try KeyRing(state: state)
            throw RouteGridError(.temporary, "\(state): its keys were made just now; try again")
        }
        return try folder.locked { () throws(RouteGridError) in
            var ring = try reread(state, folder)
            return try body(&ring, folder)
        }
    }

    private static func reread(_ state: String, _ folder: KeyFolder) throws(RouteGridError) -> KeyRing {
        guard let ring = try KeyRing(state: state, folder: folder) else { return try KeyRing(state: state) }
        return ring
    }

    mutating func put(_ key: RingKey, in folder: KeyFolder) throws(RouteGridError) {
        if let other = self.key(userID: key.fingerprint.hex) {
            throw RouteGridError(
                .usage,
                "\(key.fingerprint): the ring holds this key already, as \(other.name)"
                    + (other.isAllowed ? "" : "; it was revoked, and a revoked key stays so: make a new one")
            )
        }
        guard key.fingerprint != server.publicKey.fingerprint else {
            throw RouteGridError(.usage, "\(key.fingerprint): is the coordinator's own key, which nobody else may use")
        }
        try folder.write(key.fileBytes, to: key.fileName, replacing: false)
        keys.append(key)
        sort()
    }

    /// The keys that a person means.
    private func select(_ selector: String) throws(RouteGridError) -> [RingKey] {
        let hex = selector.filter { $0 != " " }.lowercased()
        let found = keys.filter { $0.name.text == selector || $0.fingerprint.hex == hex }
        guard found.isEmpty else { return found }
        throw RouteGridError(
            .badInput,
            "\(SafeText.line(String(selector.prefix(80)))): no key has this name or fingerprint"
                + (keys.isEmpty ? "" : NearestName.hint(selector, in: Set(keys.map(\.name.text)).sorted()))
        )
    }
}
