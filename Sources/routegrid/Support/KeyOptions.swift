import ArgumentParser
import Keys
import RouteGridBase
import ZeroMQ

/// How a process proves who it is: `@OptionGroup var key: KeyOptions`.
struct KeyOptions: ParsableArguments {
    @Option(
        name: .customLong("key"),
        help: ArgumentHelp(
            "The file of the key to connect with, of `keys accept`. Default: what a coordinator on this machine left.",
            valueName: "file"
        )
    )
    var file: String?

    @Flag(name: .customLong("insecure-plaintext"), help: "Without keys and encryption, as the coordinator does.")
    var isPlaintext = false

    func validate() throws {
        if file != nil && isPlaintext { throw ValidationError("--key and --insecure-plaintext exclude each other.") }
    }

    /// - Throws: `refused` (77) for another machine without a key file, and for files that others can reach.
    func source(_ role: Role, for url: String) throws(RouteGridError) -> KeySource {
        try KeySource(keyFile: file, isPlaintext: isPlaintext, role: role, for: ZMQAddress(url))
    }
}
