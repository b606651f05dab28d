import ArgumentParser
import Keys
import RouteGridBase

/// `routegrid keys rotate`.
struct KeysRotate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Replaces a key by a new one of the same name, and prints one line to paste where it is used.",
        discussion: """
            A worker that reads its key from a file goes on with the new one in the same place. The old one is revoked at once, or with --keep-old when you \
            say so, by its fingerprint.

            Examples:
              routegrid keys rotate w1 --state ./state
              routegrid keys rotate w1 --keep-old | ssh host1 routegrid keys accept new.key
            """
    )

    @Argument(help: ArgumentHelp("A name or a fingerprint.", valueName: "key"))
    var key: String

    @Flag(name: .customLong("keep-old"), help: "The old key stays allowed until it is revoked.")
    var keepsOld = false

    @Option(help: ArgumentHelp("The coordinator's address, to be kept with the key.", valueName: "url"))
    var connect: String?

    @OptionGroup var keys: KeysOptions

    func run() throws {
        if let connect { try Invite.check(address: connect) }
        let state = try keys.state()
        let invite = try KeyRing.rotate(key, keepsOld: keepsOld, address: connect, state: state)
        keys.settle(state)
        InvitePage.emit(invite, keys.output.console)
    }
}
