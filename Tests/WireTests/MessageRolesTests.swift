import Keys
import RouteGridBase
import SwiftProtobuf
import Testing
import Wire

/// Every message has its roles: one that is new makes these tests fail until somebody has decided.
@Suite struct MessageRolesTests {
    /// Who may send a message, by its name in `routegrid.proto`; nobody where only a coordinator does.
    ///
    /// Of hello, query and control the roles depend on what they ask for: see below.
    private static let expected: [String: Set<Role>] = [
        "hello": [], "welcome": [], "refused": [], "unknown": [], "credit": [.worker], "lease": [],
        "started": [.worker], "result": [.worker], "committed": [], "failed": [.worker], "release": [.worker],
        "revoke": [], "heartbeat": [.worker, .client, .admin, .reader, .joiner],
        "fetch": [.worker, .client, .admin, .reader], "chunk": [], "put": [.worker, .client, .admin], "stored": [],
        "submit": [.client, .admin], "submitted": [], "query": [], "reply": [], "control": [], "done": [],
        "follow": [.client, .admin, .reader], "records": [], "goodbye": [.worker, .client, .admin, .reader, .joiner],
    ]

    /// The messages of the oneof, empty, with their names: whatever field number of an envelope is one.
    private func messages() throws -> [(name: String, body: WireEnvelope.OneOf_Body)] {
        try (UInt64(1)..<4_096).compactMap { number in
            var tag = number << 3 | 2
            var bytes: [UInt8] = []
            while tag > 0x7F {
                bytes.append(UInt8(truncatingIfNeeded: tag) | 0x80)
                tag >>= 7
            }
            let envelope = try WireEnvelope(serializedBytes: bytes + [UInt8(tag), 0])
            guard let body = envelope.body else { return nil }
            return (try #require(Mirror(reflecting: body).children.first?.label), body)
        }
    }

    private func roles(_ body: WireEnvelope.OneOf_Body) -> Set<Role> { Set(Role.allCases.filter(body.isAllowed)) }

    @Test func `every message of the envelope has exactly the roles that were decided`() throws {
        let messages = try messages()
        #expect(Set(messages.map(\.name)) == Set(Self.expected.keys))
        for (name, body) in messages { #expect(roles(body) == Self.expected[name], "\(name)") }
    }

    @Test func `a hello may ask for what its key's role allows`() throws {
        let expected: [WireRole: Set<Role>] = [
            .worker: [.worker], .client: [.client, .admin, .reader, .joiner], .follower: [.client, .admin, .reader],
            .unspecified: [], .UNRECOGNIZED(77): [],
        ]
        #expect(Set(WireRole.allCases).isSubset(of: expected.keys))
        for (role, allowed) in expected {
            var hello = WireHello()
            hello.role = role
            #expect(roles(.hello(hello)) == allowed, "\(role)")
        }
    }

    @Test func `every question may be asked by who may look`() {
        for kind in QueryKind.allCases {
            var query = WireQuery()
            query.kind = kind.rawValue
            #expect(roles(.query(query)) == [.client, .admin, .reader], "\(kind)")
        }
    }

    @Test func `every control has the roles that were decided`() {
        let expected: [ControlKind: Set<Role>] = [
            .pause: [.client, .admin], .resume: [.client, .admin], .cancel: [.client, .admin],
            .priority: [.client, .admin], .retry: [.client, .admin], .drain: [.admin], .purge: [.admin],
            .join: [.joiner],
        ]
        #expect(Set(expected.keys) == Set(ControlKind.allCases))
        for (kind, allowed) in expected {
            var control = WireControl()
            control.verb = kind.rawValue
            #expect(roles(.control(control)) == allowed, "\(kind)")
        }
    }

    @Test(arguments: ["", "PAUSE", "pause ", "shutdown", "keys"]) func `what nobody knows nobody may ask`(word: String)
    {
        var (query, control) = (WireQuery(), WireControl())
        (query.kind, control.verb) = (word, word)
        #expect(roles(.query(query)).isEmpty && roles(.control(control)).isEmpty)
    }
}
