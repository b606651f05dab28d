import Foundation
package import RouteGridBase
import ZeroMQ

/// A new key on its way to its holder: one line, to be pasted into `routegrid keys accept` on the other machine.
///
/// The line holds the secret key: it goes through standard input, never into a command line. It is
/// `routegrid-invite-1-` and, in base64url: the role, the secret key, the server's public key, name and address (each
/// with its length in front), and four bytes of the SHA-256 of all of it.
package struct Invite: Hashable, Sendable {
    package let secret: SecretKey
    package let name: KeyName
    package let role: Role
    package let server: PublicKey
    package let address: String?

    static let prefix = "routegrid-invite-1-"
    private static let generalPrefix = "routegrid-invite-"
    private static let longestAddress = 255
    /// Bytes of the longest line.
    package static let longestToken = 1024

    init(secret: SecretKey, name: KeyName, role: Role, server: PublicKey, address: String?) {
        precondition((address?.utf8.count ?? 0) <= Self.longestAddress, "an address of more than 255 bytes")
        (self.secret, self.name, self.role, self.server, self.address) = (secret, name, role, server, address)
    }

    /// Checks an address that is to go into an invite.
    ///
    /// - Throws: `usage`.
    package static func check(address: String) throws(RouteGridError) {
        _ = try ZMQAddress(address)
        guard address.utf8.count <= longestAddress, address.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw RouteGridError(.usage, "an address of an invite has at most \(longestAddress) printable characters")
        }
    }

    /// What the holder keeps.
    package var keyFile: KeyFile {
        KeyFile(secret: secret, holder: .peer(name: name, role: role, server: server, address: address))
    }

    /// The line, a secret, without its line feed.
    package var token: [UInt8] {
        var payload: [UInt8] = [Self.number(of: role)]
        payload.reserveCapacity(512)
        secret.withBytes { payload.append(contentsOf: $0) }
        payload += server.bytes
        for text in [name.text, address ?? ""] {
            payload.append(UInt8(text.utf8.count))
            payload += text.utf8
        }
        payload += Digest(hashing: payload).bytes.prefix(4)
        defer { explicit_bzero(&payload, payload.count) }
        return Array(Self.prefix.utf8) + Base64URL.encode(payload)
    }

    /// Reads a line; white space around it is ignored.
    ///
    /// - Throws: `badInput`, in words that show nothing of it.
    package init(token: some Collection<UInt8>) throws(RouteGridError) {
        func refuse(_ why: String) -> RouteGridError { .badInput("invite", why) }
        var text = Array(token.prefix(Self.longestToken + 1))
        defer { explicit_bzero(&text, text.count) }
        while let last = text.last, last <= 0x20 { text.removeLast() }
        while let first = text.first, first <= 0x20 { text.removeFirst() }
        guard !text.isEmpty else {
            throw refuse("nothing came; expected the line that `routegrid keys invite` printed")
        }
        guard text.count <= Self.longestToken else { throw refuse("is too long for one") }
        guard text.starts(with: Self.prefix.utf8) else {
            throw refuse(
                text.starts(with: Self.generalPrefix.utf8)
                    ? "is of another version: use the same routegrid build on both sides"
                    : "expected the line that `routegrid keys invite` printed, which begins with \(Self.prefix)"
            )
        }
        let damaged = refuse("is damaged or cut off: copy the whole line again")
        guard var payload = Base64URL.decode(text.dropFirst(Self.prefix.utf8.count)) else { throw damaged }
        defer { explicit_bzero(&payload, payload.count) }
        guard payload.count >= 4, Digest(hashing: payload.dropLast(4)).bytes.prefix(4) == payload.suffix(4) else {
            throw damaged
        }
        var rest = payload.dropLast(4)
        func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        func takeText() -> String? {
            guard let count = take(1)?.first, let text = take(Int(count)) else { return nil }
            return String(validating: text, as: UTF8.self)
        }
        // What follows was written by a routegrid, or by somebody who can compute a checksum.
        guard let number = take(1)?.first, let role = Role.allCases.first(where: { Self.number(of: $0) == number }),
            let secret = take(32).flatMap({ SecretKey(bytes: $0) }),
            let server = take(32).flatMap({ PublicKey(bytes: $0) }),
            let name = takeText().flatMap({ KeyName(checking: $0) }), let address = takeText(), rest.isEmpty
        else { throw refuse("holds what no routegrid of this version writes") }
        if !address.isEmpty {
            do throws(RouteGridError) { try Self.check(address: address) } catch {
                throw refuse("holds an address that is none: \(error.message)")
            }
        }
        (self.secret, self.name, self.role, self.server) = (secret, name, role, server)
        self.address = address.isEmpty ? nil : address
    }

    /// Numbers are part of the format: they stay when cases are added.
    private static func number(of role: Role) -> UInt8 {
        switch role {
        case .worker: 1
        case .client: 2
        case .admin: 3
        case .reader: 4
        case .joiner: 5
        }
    }
}

/// Base64 with `-` and `_`, without padding: no character of it means anything to a shell.
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 3 * 4 + 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for place in 0..<3 { word = word << 8 | (place < group.count ? UInt32(group[start + place]) : 0) }
            for place in 0...group.count { text.append(alphabet[Int(word >> UInt32(18 - 6 * place) & 63)]) }
        }
        return text
    }

    /// Nil when it is none, or not what ``encode(_:)`` gives for some bytes.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var (word, bits): (UInt32, Int) = (0, 0)
        for character in text {
            guard let value = value(of: character) else { return nil }
            word = (word << 6 | UInt32(value)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
        guard text.count % 4 != 1, word & (1 << UInt32(bits) - 1) == 0 else { return nil }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
