import ArgumentParser
import Keys
import RouteGridBase
import ZeroMQ

/// `routegrid keys invite`.
struct KeysInvite: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Makes a key for another machine, and prints one line to paste there.",
        discussion: """
            The line holds the secret: whoever sees it can act in its place until the key is revoked. Paste it into \
            `routegrid keys accept` on the other machine, or pass it through a pipe.

            Examples:
              routegrid keys invite w1 --role worker --state ./state --connect tcp://grid.example.org:7557
              routegrid keys invite w1 --role worker | ssh host1 routegrid keys accept
            """
    )

    @Argument(help: "What to call the key; default: the role and a number.")
    var name: String?

    @Option(help: "What its holder may be: worker, client, admin or reader.")
    var role: Role

    @Option(
        help: ArgumentHelp(
            "The coordinator's address as the other machine sees it, to be kept with the key.",
            valueName: "url"
        )
    )
    var connect: String?

    @Flag(help: "A worker's results decide where those of others differ (`coordinator --audit`).")
    var trusted = false

    @OptionGroup var keys: KeysOptions

    func validate() throws {
        guard !trusted || role == .worker else { throw ValidationError("--trusted goes with --role worker.") }
    }

    func run() throws {
        if let connect { try Invite.check(address: connect) }
        let state = try keys.state()
        let chosen = try name.map { text throws(RouteGridError) in try KeyName(text) }
        let invite = try KeyRing.invite(
            try chosen ?? KeyRing(state: state).freeName(role),
            role: role,
            address: connect,
            isTrusted: trusted,
            state: state
        )
        keys.settle(state)
        InvitePage.emit(invite, keys.output.console)
    }
}

/// How an invite is shown: the line on stdout, what to do with it on stderr.
enum InvitePage {
    static func emit(_ invite: Invite, _ console: Console) {
        let line = String(decoding: invite.token, as: UTF8.self)
        console.emit(
            [
                "schema": "routegrid/keys-invite/v1", "name": .string(invite.name.text),
                "role": .string(invite.role.rawValue),
                "fingerprint": .string(invite.secret.publicKey.fingerprint.hex), "invite": .string(line),
            ],
            table: line + "\n"
        )
        console.note("\(invite.role) key \(invite.name), fingerprint \(invite.secret.publicKey.fingerprint)")
        console.note("on the other machine: routegrid keys accept, then paste the line above")
    }
}
