import Allocation
import ArgumentParser
import Foundation
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

            With --uses or --expires the line is for several machines: what comes of it may do nothing but ask for a key, \
            and each worker that is started with it (`worker --key FILE`, `alloc slurm --worker-key FILE`, a secret of \
            Kubernetes) gets one of its own, which `keys list` shows and `keys revoke` ends alone.

            Examples:
              routegrid keys invite w1 --role worker --state ./state --connect tcp://grid.example.org:7557
              routegrid keys invite w1 --role worker | ssh host1 routegrid keys accept
              routegrid keys invite pool --role worker --uses 20 --expires 12h | routegrid keys accept pool.key
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

    @Option(help: ArgumentHelp("How many workers may join with it, each with a key of its own.", valueName: "number"))
    var uses: Int?

    @Option(help: ArgumentHelp("For how long they may: 1h, 7d. Default: 1h, with --uses.", valueName: "time"))
    var expires: TimeSpan?

    @Flag(help: "A worker's results decide where those of others differ (`coordinator --audit`).")
    var trusted = false

    @OptionGroup var keys: KeysOptions

    func validate() throws {
        guard !trusted || role == .worker else { throw ValidationError("--trusted goes with --role worker.") }
        guard uses != nil || expires != nil else { return }
        guard role == .worker, !trusted else {
            throw ValidationError("--uses and --expires go with --role worker, and not with --trusted.")
        }
        guard (1...100_000).contains(uses ?? 1), (expires?.seconds ?? 1) > 0 else {
            throw ValidationError("--uses takes 1 to 100000, --expires a time.")
        }
    }

    func run() throws {
        if let connect { try Invite.check(address: connect) }
        let state = try keys.state()
        let chosen = try name.map { text throws(RouteGridError) in try KeyName(text) }
        if uses != nil || expires != nil { return try inviteSeveral(chosen, state) }
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

    private func inviteSeveral(_ name: KeyName?, _ state: String) throws {
        let terms = RingKey.Invitation(
            role: role,
            uses: uses ?? 1,
            expires: Date() + (expires?.seconds ?? 3_600)
        )
        let invite = try KeyRing.invite(
            try name ?? KeyRing(state: state).freeName(.joiner),
            terms,
            address: connect,
            state: state
        )
        keys.settle(state)
        InvitePage.emit(invite, keys.output.console)
        keys.output.console.note(
            "\(terms.uses) \(role)\(terms.uses == 1 ? "" : "s") may join with it until \(terms.expires.ISO8601Format())"
        )
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
