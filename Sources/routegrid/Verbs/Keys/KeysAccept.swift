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
              routegrid keys accept w1.key
              routegrid keys accept w1.key < invite.txt
            """
    )

    @Argument(help: ArgumentHelp("The key file to make.", valueName: "file"))
    var file: String

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !file.hasPrefix("routegrid-invite-") else {
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

/// One line of standard input that nobody is to see.
enum SecretLine {
    /// The bytes up to the first line feed that follows something, at most `limit`; a terminal does not show them.
    ///
    /// - Throws: `badInput` when they cannot be read.
    static func read(limit: Int) throws(RouteGridError) -> [UInt8] {
        var before = termios()
        let isTerminal = tcgetattr(STDIN_FILENO, &before) == 0
        if isTerminal {
            var silent = before
            // Lines longer than the terminal's own buffer (4,095 bytes) cannot come; invites are shorter.
            silent.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        }
        defer { if isTerminal { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) } }
        var line = [UInt8](repeating: 0, count: limit)
        defer { explicit_bzero(&line, line.count) }
        var count = 0
        while count < limit {
            var byte: UInt8 = 0
            let got = Foundation.read(STDIN_FILENO, &byte, 1)
            if got < 0 {
                if errno == EINTR { continue }
                throw .badInput("standard input", String(cString: strerror(errno)).lowercased())
            }
            if got == 0 { break }
            if byte == 0x0A {
                if count > 0 { break }
                continue
            }
            line[count] = byte
            count += 1
        }
        return Array(line.prefix(count))
    }
}
