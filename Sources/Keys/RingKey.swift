package import Foundation
import RouteGridBase
import ZeroMQ

/// One key that may connect, or no longer: the public half, in a file of its own.
package struct RingKey: Hashable, Sendable {
    package let name: KeyName
    package let role: Role
    package let publicKey: PublicKey
    package let created: Date
    /// When it was revoked; nil while it is allowed.
    package internal(set) var revoked: Date?
    /// The key that it took the place of when that was rotated.
    package let predecessor: PublicKey?
    /// Whether its results decide where others differ: the operator's word for a worker's key.
    package let isTrusted: Bool
    /// What the holder of a joiner's key may ask for; nil of all others.
    package let invitation: Invitation?
    /// The joiner's key whose holder asked for this one.
    package let invitedBy: PublicKey?

    /// An invite for keys that their holders make themselves.
    package struct Invitation: Hashable, Sendable {
        /// What they may be.
        package let role: Role
        /// How many there may be.
        package let uses: Int
        package let expires: Date

        package init(role: Role, uses: Int, expires: Date) {
            (self.role, self.uses) = (role, uses)
            self.expires = Date(timeIntervalSince1970: expires.timeIntervalSince1970.rounded(.down))
        }
    }

    package var fingerprint: Fingerprint { publicKey.fingerprint }
    package var isAllowed: Bool { revoked == nil }

    /// Whether it may act at a time: an invite ends by itself.
    package func isValid(at now: Date) -> Bool { isAllowed && invitation.map { now < $0.expires } ?? true }

    static let suffix = ".pub"
    static let format = "routegrid/key/1"

    init(
        name: KeyName,
        role: Role,
        publicKey: PublicKey,
        created: Date,
        predecessor: PublicKey? = nil,
        isTrusted: Bool = false,
        invitation: Invitation? = nil,
        invitedBy: PublicKey? = nil
    ) {
        (self.name, self.role, self.publicKey) = (name, role, publicKey)
        self.isTrusted = isTrusted
        (self.invitation, self.invitedBy) = (invitation, invitedBy)
        // Files hold seconds.
        self.created = Date(timeIntervalSince1970: created.timeIntervalSince1970.rounded(.down))
        self.predecessor = predecessor
    }

    /// One name may have had several keys.
    var fileName: String { "\(name).\(fingerprint.hex)\(Self.suffix)" }

    /// Reads a file; nil when there is none.
    ///
    /// - Throws: `badInput` naming file, line and field; `refused` for a file that others can change.
    init?(file: String, in folder: KeyFolder) throws(RouteGridError) {
        guard let text = try FieldText(file, in: folder, isSecret: false) else { return nil }
        try text.format(Self.format)
        name = try text.keyName()
        role = try text.role()
        publicKey = try text.publicKey("public-key")
        created = try text.required("created", Self.dateForm) { Self.date($0) }
        revoked = try text.optional("revoked", Self.dateForm) { Self.date($0) }
        predecessor = try text.optional("replaces", "a public key of 40 characters") {
            PublicKey(z85: FieldText.text($0))
        }
        isTrusted = try text.optional("trusted", "yes") { FieldText.text($0) == "yes" ? true : nil } ?? false
        invitedBy = try text.optional("invited-by", "a public key of 40 characters") {
            PublicKey(z85: FieldText.text($0))
        }
        if role == .joiner {
            invitation = Invitation(
                role: try text.required("joins-as", "a role") { Role(rawValue: FieldText.text($0)) },
                uses: try text.required("uses", "a number") { Int(FieldText.text($0)) },
                expires: try text.required("expires", Self.dateForm) { Self.date($0) }
            )
        } else {
            invitation = nil
        }
        try text.finish()
        guard fileName == file else {
            throw .badInput(folder.place(of: file), "holds the key that belongs into \(fileName)")
        }
    }

    var fileBytes: [UInt8] {
        var text = """
            format: \(Self.format)
            name: \(name)
            role: \(role)
            public-key: \(publicKey.z85)
            # fingerprint: \(fingerprint)
            created: \(created.ISO8601Format())

            """
        if let predecessor { text += "replaces: \(predecessor.z85)\n" }
        if let invitedBy { text += "invited-by: \(invitedBy.z85)\n" }
        if let invitation {
            text += "joins-as: \(invitation.role)\nuses: \(invitation.uses)\n"
            text += "expires: \(invitation.expires.ISO8601Format())\n"
        }
        if isTrusted { text += "trusted: yes\n" }
        if let revoked { text += "revoked: \(revoked.ISO8601Format())\n" }
        return Array(text.utf8)
    }

    private static let dateForm = "a time such as 2026-11-30T12:00:00Z"

    private static func date(_ value: ArraySlice<UInt8>) -> Date? {
        let text = FieldText.text(value)
        guard let date = try? Date(text, strategy: .iso8601), date.ISO8601Format() == text else { return nil }
        return date
    }
}
