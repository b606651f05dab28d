package import Foundation
package import RouteGridBase
import ZeroMQ

/// Invites for keys that their holders make themselves: a secret that several machines share gives each a key of its
/// own.
extension KeyRing {
    /// Adds the key of an invite that may be used several times.
    ///
    /// - Parameters:
    ///   - name: of the invite.
    ///   - terms: what those who come with it may be, how many, and until when.
    ///   - address: what they connect to, when it is known.
    ///   - state: the state folder.
    ///   - now: when.
    /// - Returns: what goes to the holders, and nowhere else.
    /// - Throws: As ``add(_:role:publicKey:isTrusted:state:at:)``.
    package static func invite(
        _ name: KeyName,
        _ terms: RingKey.Invitation,
        address: String? = nil,
        state: String,
        at now: Date = Date()
    ) throws(RouteGridError) -> Invite {
        let secret = try SecretKey.generate()
        return try change(state) { ring, folder throws(RouteGridError) in
            try ring.checkFree(name)
            let key = RingKey(
                name: name,
                role: .joiner,
                publicKey: secret.publicKey,
                created: now,
                invitation: terms
            )
            try ring.put(key, in: folder)
            return Invite(
                secret: secret,
                name: name,
                role: .joiner,
                server: ring.server.publicKey,
                address: address
            )
        }
    }

    /// Adds the key of somebody who came with an invite.
    ///
    /// Uses are counted by the keys that came of it, so nothing else has to be written; whoever asks again with the
    /// same key gets the same answer.
    ///
    /// - Parameters:
    ///   - invite: the User-Id of the invite's key.
    ///   - wish: what the holder would be called.
    ///   - publicKey: of the new key.
    ///   - state: the state folder.
    ///   - now: when.
    /// - Returns: the key as the ring holds it.
    /// - Throws: `refused` for a key that invites nobody (any more); as ``init(state:)``.
    package static func join(
        _ invite: String,
        as wish: KeyName,
        publicKey: PublicKey,
        state: String,
        at now: Date = Date()
    ) throws(RouteGridError) -> RingKey {
        try change(state) { ring, folder throws(RouteGridError) in
            guard let invite = ring.key(userID: invite), let terms = invite.invitation, invite.isAllowed else {
                throw RouteGridError(.refused, "this key invites nobody")
            }
            let joined = ring.joined(by: invite)
            if let known = joined.first(where: { $0.publicKey == publicKey }), known.isAllowed { return known }
            guard now < terms.expires else {
                throw RouteGridError(
                    .refused,
                    "the invite \(invite.name) has expired; `routegrid keys invite` makes another"
                )
            }
            guard joined.count < terms.uses else {
                throw RouteGridError(
                    .refused,
                    "the invite \(invite.name) was used \(joined.count) times, which is all; "
                        + "`routegrid keys invite --uses N` makes another"
                )
            }
            let key = RingKey(
                name: try ring.freeName(like: wish),
                role: terms.role,
                publicKey: publicKey,
                created: now,
                invitedBy: invite.publicKey
            )
            try ring.put(key, in: folder)
            return key
        }
    }
}
