import ArgumentParser
import Keys
import RouteGridBase

/// `routegrid keys revoke`.
struct KeysRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Ends a key for ever.",
        discussion: """
            The file stays, so that its name and fingerprint keep their meaning. A revoked key is not allowed again.

            Examples:
              routegrid keys revoke w1 --state ./state
              routegrid keys revoke pool --joined --state ./state
              routegrid keys revoke "0f3a 91bc 22d0 7e45" --state ./state
            """
    )

    @Argument(help: ArgumentHelp("A name (all its keys) or a fingerprint.", valueName: "key"))
    var key: String

    @Flag(name: .customLong("joined"), help: "Of an invite: those that came by it too.")
    var withJoined = false

    @OptionGroup var keys: KeysOptions

    func run() throws {
        let ended = try KeyRing.revoke(key, withJoined: withJoined, state: keys.state())
        keys.output.console.emit(
            ["schema": "routegrid/keys-revoke/v1", "revoked": .array(ended.map(\.json))],
            table: ended.map { "\($0.name)  \($0.role)  \($0.fingerprint)\n" }.joined()
        )
        if ended.isEmpty { keys.output.console.note("\(key): was revoked before") }
    }
}
