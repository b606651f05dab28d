import ArgumentParser
import Foundation
import Keys
import RouteGridBase
import ZeroMQ

/// `routegrid keys list`.
struct KeysList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the keys of a state folder, revoked ones too.",
        discussion: """
            Times are UTC. A fingerprint names a key where a name has had several.

            Examples:
              routegrid keys list --state ./state
              routegrid keys list --state ./state --output json
            """
    )

    @OptionGroup var keys: KeysOptions

    func run() throws {
        let ring = try KeyRing(state: keys.state())
        let own = ring.server.publicKey
        var table = TextTable("name", "role", "fingerprint", "created", "revoked")
        table.add("(coordinator)", "", own.fingerprint.description, "", "")
        for key in ring.keys {
            table.add(
                key.name.text,
                Self.role(key, ring),
                key.fingerprint.description,
                Self.day(key.created),
                key.revoked.map(Self.day) ?? ""
            )
        }
        keys.output.console.emit(
            [
                "schema": "routegrid/keys/v1", "fingerprint": .string(own.fingerprint.hex),
                "public_key": .string(own.z85), "keys": .array(ring.keys.map(\.json)),
            ],
            table: table.rendered(bold: keys.output.console.colorsData)
        )
    }

    private static func role(_ key: RingKey, _ ring: KeyRing) -> String {
        if let terms = key.invitation {
            let end = terms.expires < Date() ? "expired" : "until \(terms.expires.ISO8601Format())"
            return "\(terms.role)s join, \(ring.joined(by: key).count) of \(terms.uses), \(end)"
        }
        return key.isTrusted ? "\(key.role), trusted" : key.role.rawValue
    }

    private static func day(_ date: Date) -> String { String(date.ISO8601Format().prefix(10)) }
}
