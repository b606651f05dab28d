import ArgumentParser
import Foundation
import Keys
import RouteGridBase
import ZeroMQ

/// `routegrid keys accept`.
struct KeysAccept: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Makes a key file out of an invite that comes through standard input.",
        discussion: """
            The file gets mode 0600, and an existing one is not replaced. An invite is never an argument, because other \
            users can read the arguments of every process. On a terminal, paste the line and press Enter; it is not shown.

            Examples:
              routegrid keys accept
              routegrid keys accept /etc/routegrid/w1.key < invite.txt
            """
    )

    @Argument(help: ArgumentHelp("The key file to make; default: NAME.key in the current folder.", valueName: "file"))
    var path: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard path?.hasPrefix("routegrid-invite-") != true else {
            throw ValidationError(
                "an invite is a secret and no argument: paste it when `keys accept FILE` asks for it."
            )
        }
    }

    func run() throws {
        if isatty(STDIN_FILENO) == 1 { output.console.note("paste the line that `routegrid keys invite` printed:") }
        var line = try SecretLine.read(limit: Invite.longestToken + 2)
        defer { explicit_bzero(&line, line.count) }
        let invite = try Invite(token: line)
        let file = path ?? "\(invite.name).key"
        try invite.keyFile.write(to: file)
        let key = invite.secret.publicKey
        output.console.emit(
            [
                "schema": "routegrid/keys-accept/v1", "file": .string(file), "name": .string(invite.name.text),
                "role": .string(invite.role.rawValue), "fingerprint": .string(key.fingerprint.hex),
                "server_fingerprint": .string(invite.server.fingerprint.hex),
                "connect": invite.address.map { .string($0) } ?? .null,
            ],
            table: """
                \(file): \(invite.role) key \(invite.name)
                its fingerprint          \(key.fingerprint)
                the coordinator's        \(invite.server.fingerprint)

                """
        )
    }
}
