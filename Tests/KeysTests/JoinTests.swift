import Foundation
import Keys
import RouteGridBase
import TestSupport
import Testing
import ZeroMQ

/// Invites for several machines, each of which makes a key of its own.
@Suite struct JoinTests {
    private let folder: TemporaryFolder
    private let state: String
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    init() throws {
        folder = try TemporaryFolder()
        state = folder.path("state")
        try KeyRing.initialise(state: state)
    }

    private func invite(_ name: String = "pool", uses: Int) throws -> Invite {
        let terms = RingKey.Invitation(role: .worker, uses: uses, expires: now + 3_600)
        return try KeyRing.invite(KeyName(name), terms, state: state, at: now)
    }

    private func join(_ invite: Invite, as name: String, _ key: PublicKey, at date: Date? = nil) throws -> RingKey {
        let id = invite.secret.publicKey.fingerprint.hex
        return try KeyRing.join(id, as: KeyName(name), publicKey: key, state: state, at: date ?? now)
    }

    @Test func `each holder gets a key of its own, as often as the invite says, and asking again costs nothing`() throws
    {
        let invite = try invite(uses: 2)
        #expect(try Invite(token: invite.token).role == .joiner)
        let keys = try (0..<3).map { _ in try SecretKey.generate().publicKey }
        let first = try join(invite, as: "pod", keys[0])
        #expect(first.role == .worker && first.name.text == "pod" && first.invitedBy == invite.secret.publicKey)
        #expect(try join(invite, as: "pod", keys[0]) == first)
        // A name is of one key.
        #expect(try join(invite, as: "pod", keys[1]).name.text == "pod-2")
        let refused = #expect(throws: RouteGridError.self) { try join(invite, as: "pod", keys[2]) }
        #expect(refused?.code == .refused && refused?.message.contains("was used 2 times") == true)
        // Read again as it was written.
        let ring = try KeyRing(state: state)
        #expect(ring.keys.count == 3 && ring.keys.contains(first))
        #expect(ring.role(userID: first.fingerprint.hex) == .worker)
        // A revoked key is not given a second time, and its use is gone.
        try KeyRing.revoke("pod", state: state)
        #expect(throws: RouteGridError.self) { try join(invite, as: "pod", keys[0]) }
    }

    @Test func `an invite ends by its time, by its revocation, and those that came by it with it on demand`() throws {
        let (invite, other) = (try invite(uses: 9), try invite("other", uses: 9))
        let key = try SecretKey.generate().publicKey
        let late = #expect(throws: RouteGridError.self) { try join(invite, as: "a", key, at: now + 3_600) }
        #expect(late?.message.contains("has expired") == true)
        let found = try #require(try KeyRing(state: state).key(userID: invite.secret.publicKey.fingerprint.hex))
        #expect(found.isValid(at: now + 3_599) && !found.isValid(at: now + 3_600))
        _ = try join(invite, as: "a", key, at: now + 3_599)
        _ = try join(other, as: "b", SecretKey.generate().publicKey)
        #expect(try KeyRing.revoke("pool", state: state).map(\.name.text) == ["pool"])
        #expect(throws: RouteGridError.self) { try join(invite, as: "c", SecretKey.generate().publicKey) }
        #expect(try KeyRing.revoke("pool", withJoined: true, state: state).map(\.name.text) == ["a"])
        #expect(try KeyRing.revoke("other", withJoined: true, state: state).map(\.name.text) == ["other", "b"])
    }

    @Test func `a key that is no invite invites nobody`() throws {
        let worker = try KeyRing.invite(KeyName("w"), role: .worker, state: state)
        let error = #expect(throws: RouteGridError.self) { try join(worker, as: "x", SecretKey.generate().publicKey) }
        #expect(error?.code == .refused && error?.message == "this key invites nobody")
        #expect(Permissions.allow(.joiner, .join) && Act.allCases.count { Permissions.allow(.joiner, $0) } == 3)
    }
}
