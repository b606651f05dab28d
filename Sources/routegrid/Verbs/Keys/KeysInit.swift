import ArgumentParser
import Keys
import RouteGridBase
import ZeroMQ

/// `routegrid keys init`.
struct KeysInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Makes the coordinator's key, in the state folder.",
        discussion: """
            Needed once before other machines may connect. Run again, it changes nothing.

            Example:
              routegrid keys init --state ./state
            """
    )

    @OptionGroup var keys: KeysOptions

    func run() throws {
        let state = try keys.state()
        let ring = try KeyRing.initialise(state: state)
        let key = ring.server.publicKey
        keys.output.console.emit(
            [
                "schema": "routegrid/keys-init/v1", "state": .string(state),
                "fingerprint": .string(key.fingerprint.hex), "public_key": .string(key.z85),
            ],
            table: "coordinator  \(key.fingerprint)\n"
        )
        keys.output.console.note("next: routegrid keys invite NAME --role worker\(keys.words)")
    }
}
