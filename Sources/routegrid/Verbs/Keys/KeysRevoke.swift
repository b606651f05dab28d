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
              routegrid keys revoke "0f3a 91bc 22d0 7e45" --state ./state
            """
    )

    @Argument(help: ArgumentHelp("A name (all its keys) or a fingerprint.", valueName: "key"))
    var key: String

    @OptionGroup var keys: KeysOptions

    func run() throws {
        let ended = try KeyRing.revoke(key, state: keys.state())
        keys.output.console.emit(
            ["schema": "routegrid/keys-revoke/v1", "revoked": .array(ended.map(\.json))],
            table: ended.map { "\($0.name)  \($0.role)  \($0.fingerprint)\n" }.joined()
        )
        if ended.isEmpty { keys.output.console.note("\(key): was revoked before") }
    }
}
