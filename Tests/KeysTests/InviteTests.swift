import Foundation
import Keys
import RouteGridBase
import TestSupport
import Testing
import ZeroMQ

@Suite struct InviteTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func invite(_ role: Role = .worker, address: String? = "tcp://grid.example.org:7557") throws -> Invite {
        let state = folder.path("state")
        try KeyRing.initialise(state: state)
        return try KeyRing.invite(KeyRing(state: state).freeName(role), role: role, address: address, state: state)
    }

    @Test(arguments: Role.allCases.filter { $0 != .joiner }, [nil, "tcp://[fe80::1]:7557", "ipc:///run/routegrid/c"])
    func `a line carries everything, in characters that mean nothing to a shell`(role: Role, address: String?) throws {
        let invite = try invite(role, address: address)
        let back = try Invite(token: invite.token)
        #expect(back == invite && back.keyFile == invite.keyFile)
        #expect(back.secret.withBytes { Array($0) } == invite.secret.withBytes { Array($0) })
        let text = String(decoding: invite.token, as: UTF8.self)
        #expect(text.hasPrefix("routegrid-invite-1-") && text.utf8.count < 200)
        #expect(
            text.utf8.allSatisfy {
                Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber || $0 == 0x2D
                    || $0 == 0x5F
            }
        )
        #expect(try Invite(token: Array("  \(text)\r\n\n".utf8)) == invite)
        try back.keyFile.write(to: folder.path("accepted.key"))
        #expect(try KeyFile(path: folder.path("accepted.key")) == invite.keyFile)
    }

    @Test func `each byte of a line counts`() throws {
        let token = try invite().token
        for place in token.indices {
            var changed = token
            changed[place] = changed[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let error = #expect(throws: RouteGridError.self, "place \(place)") { try Invite(token: changed) }
            #expect(error?.code == .badInput)
        }
        for count in token.indices { #expect(throws: RouteGridError.self) { try Invite(token: token.prefix(count)) } }
        #expect(throws: RouteGridError.self) { try Invite(token: token + [UInt8(ascii: "A")]) }
        #expect(throws: RouteGridError.self) { try Invite(token: token + token) }
    }

    @Test(arguments: [
        ("", "nothing came"), (" \n", "nothing came"), ("hello", "expected the line that"),
        ("routegrid-invite-2-AAAA", "another version"), ("routegrid-invite-1-", "damaged"),
        ("routegrid-invite-1-AAAA", "damaged"), ("routegrid-invite-1-!!!!", "damaged"),
        ("routegrid-invite-1-A", "damaged"), (String(repeating: "x", count: 5000), "too long"),
    ])
    func `other lines are refused in words`(text: String, words: String) {
        let error = #expect(throws: RouteGridError.self) { try Invite(token: Array(text.utf8)) }
        #expect(error?.code == .badInput && error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func `a line with a right checksum and wrong content is refused`() throws {
        var random = Xoshiro256(seed: Digest(hashing: "invites".utf8))
        for round in 0..<2_000 {
            var payload: [UInt8] = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if round % 2 == 0, !payload.isEmpty { payload[0] = 1 }
            payload += Digest(hashing: payload).bytes.prefix(4)
            let text = Data(payload).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
            do {
                // It may happen to be right only when names and lengths are.
                let invite = try Invite(token: Array("routegrid-invite-1-\(text)".utf8))
                #expect(KeyName(checking: invite.name.text) != nil)
            } catch {
                #expect(error.message.contains("holds what no routegrid"), "\(error)")
            }
        }
    }

    @Test(arguments: [
        "", "host:1", "http://x", "tcp://h", "tcp://h:1 ; rm", "tcp://é:1",
        "tcp://" + String(repeating: "h", count: 300) + ":1",
    ])
    func `an address that is none goes into no invite`(address: String) {
        #expect(throws: RouteGridError.self) { try Invite.check(address: address) }
    }
}
