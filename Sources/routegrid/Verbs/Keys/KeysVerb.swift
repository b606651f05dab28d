import ArgumentParser
import Coordinator
import Foundation
import Keys
import RouteGridBase
import ZeroMQ

/// The keys of a cluster.
struct KeysVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Makes, lists, revokes and hands out the keys of a cluster.",
        discussion: """
            A coordinator has a key, and so has everybody who connects to it. Each key has a role: worker, client, admin \
            or reader. Public halves are files in the state folder; secret halves are files of mode 0600 where they are \
            used, and are never part of a command line.

            Examples:
              routegrid keys init --state ./state
              routegrid keys invite w1 --role worker | ssh host1 routegrid keys accept
              routegrid keys list --state ./state
              routegrid keys revoke w1 --state ./state
            """,
        subcommands: [
            KeysInit.self, KeysInvite.self, KeysAccept.self, KeysAdd.self, KeysList.self, KeysRotate.self,
            KeysRevoke.self, KeysAudit.self,
        ]
    )
}

/// The state folder whose keys they are.
struct KeysOptions: ParsableArguments {
    @Option(
        name: .customLong("state"),
        help: ArgumentHelp("The coordinator's state folder. Default: state/.", valueName: "dir")
    )
    var folder: String?

    @OptionGroup var output: OutputOptions

    /// - Throws: `usage` when the current folder is no place for a state folder and none is named.
    func state() throws(RouteGridError) -> String {
        if folder == nil { try StatePlace.check(missing: ["--state"]) }
        return folder ?? StatePlace.usual
    }

    /// Waits until a coordinator that runs has read a change: it looks four times a second, and whoever is given a key
    /// may use it at once.
    func settle(_ state: String) {
        if CoordinatorAddress(stateFolder: state) != nil { usleep(400_000) }
    }

    /// `--state DIR`, for advice.
    var words: String { folder.map { " --state \(ShellWord.quoted($0))" } ?? "" }
}

extension Role: ExpressibleByArgument {
    /// Those that people give keys; that of an invite for several comes with its terms.
    package static var allValueStrings: [String] { allCases.filter { $0 != .joiner }.map(\.rawValue) }

    package init?(argument: String) {
        guard let role = Role(rawValue: argument), role != .joiner else { return nil }
        self = role
    }
}

extension RingKey {
    /// A key in JSON.
    var json: JSONValue {
        [
            "name": .string(name.text), "role": .string(role.rawValue), "fingerprint": .string(fingerprint.hex),
            "public_key": .string(publicKey.z85), "created": .string(created.ISO8601Format()),
            "revoked": revoked.map { .string($0.ISO8601Format()) } ?? .null,
            "trusted": .bool(isTrusted),
            "replaces": predecessor.map { .string($0.fingerprint.hex) } ?? .null,
            "invited_by": invitedBy.map { .string($0.fingerprint.hex) } ?? .null,
            "invitation": invitation.map { terms in
                [
                    "role": .string(terms.role.rawValue), "uses": JSONValue(terms.uses),
                    "expires": .string(terms.expires.ISO8601Format()),
                ]
            } ?? .null,
        ]
    }
}
