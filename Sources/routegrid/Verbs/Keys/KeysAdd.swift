import ArgumentParser
import Foundation
import Keys
import RouteGridBase
import ZeroMQ

/// `routegrid keys add`.
struct KeysAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Adds a key: one made here, into a file, or the public half of one made elsewhere.",
        discussion: """
            Examples:
              routegrid keys add nightly --role client --out nightly.key --state ./state
              routegrid keys add w7 --role worker --public-key='Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID' --state ./state
            """
    )

    @Argument(help: "What to call the key.")
    var name: String

    @Option(help: "What its holder may be: worker, client, admin or reader.")
    var role: Role

    @Option(help: ArgumentHelp("The file that a new secret key goes to.", valueName: "file"))
    var out: String?

    @Option(
        name: .customLong("public-key"),
        help: ArgumentHelp("The public half (Z85) of a key made elsewhere.", valueName: "key")
    )
    var publicKey: String?

    @Option(help: ArgumentHelp("The coordinator's address, to be kept in the file.", valueName: "url"))
    var connect: String?

    @Flag(help: "A worker's results decide where those of others differ (`coordinator --audit`).")
    var trusted = false

    @OptionGroup var keys: KeysOptions

    func validate() throws {
        guard !trusted || role == .worker else { throw ValidationError("--trusted goes with --role worker.") }
        guard (out == nil) != (publicKey == nil) else { throw ValidationError("Give --out or --public-key.") }
        guard out != nil || connect == nil else { throw ValidationError("--connect goes with --out.") }
    }

    func run() throws {
        let (name, state) = (try KeyName(name), try keys.state())
        let key: RingKey
        if let out {
            key = try make(name, out, state)
        } else {
            guard let given = PublicKey(z85: publicKey ?? "") else {
                throw RouteGridError(.usage, "--public-key: expected 40 characters of Z85")
            }
            key = try KeyRing.add(name, role: role, publicKey: given, isTrusted: trusted, state: state)
        }
        keys.settle(state)
        keys.output.console.emit(
            ["schema": "routegrid/keys-add/v1", "key": key.json, "file": out.map { .string($0) } ?? .null],
            table: "\(key.name)  \(key.role)  \(key.fingerprint)\n"
        )
    }

    /// The file comes first: a key whose file could not be written would be of no use to anybody.
    private func make(_ name: KeyName, _ file: String, _ state: String) throws(RouteGridError) -> RingKey {
        if let connect { try Invite.check(address: connect) }
        let secret = try SecretKey.generate()
        let server = try KeyRing(state: state).server.publicKey
        let holder = KeyFile.Holder.peer(name: name, role: role, server: server, address: connect)
        try KeyFile(secret: secret, holder: holder).write(to: file)
        do throws(RouteGridError) {
            return try KeyRing.add(
                name,
                role: role,
                publicKey: secret.publicKey,
                isTrusted: trusted,
                state: state
            )
        } catch {
            unlink(file)
            throw error
        }
    }
}
