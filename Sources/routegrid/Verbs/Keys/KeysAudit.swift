import ArgumentParser
import Coordinator
import Keys
import RouteGridBase

/// `routegrid keys audit`.
struct KeysAudit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Lists the records that a key delivered.",
        discussion: """
            Reads the state folder, beside a running coordinator too. Each record's line of runs.jsonl names the key that \
            delivered it as worker_key; records from before there were keys name none. `routegrid purge --key` puts their \
            cells back.

            Examples:
              routegrid keys audit w1 --state ./state
              routegrid keys audit "0f3a 91bc 22d0 7e45" --state ./state --output json
            """
    )

    @Argument(help: ArgumentHelp("A name (all its keys) or a fingerprint.", valueName: "key"))
    var key: String

    @OptionGroup var keys: KeysOptions

    func run() throws {
        let state = try keys.state()
        let fingerprints = try KeyRing.fingerprints(of: key, state: state)
        let store = try RecordStore(reading: StateFolder(reading: state))
        let records = try store.delivered(.keys(fingerprints))
        keys.output.console.emit(
            [
                "schema": "routegrid/keys-audit/v1", "keys": .array(fingerprints.sorted().map { .string($0) }),
                "records": .array(records.map(\.json)),
            ],
            table: records.map { record in
                let worker = SafeText.shortened(SafeText.line(record.worker), to: 40)
                return "\(record.sequence)  \(record.jobKey.hex.prefix(16))  \(SafeText.line(record.started))  \(worker)\n"
            }.joined()
        )
        keys.output.console.note("\(records.count) records")
    }
}

extension KeyRing {
    /// The fingerprints that a selector means: those of a name, or one by itself, which the ring need not hold any
    /// more.
    ///
    /// - Throws: `badInput` for a name that no key has; as ``init(state:)``.
    static func fingerprints(of selector: String, state: String) throws(RouteGridError) -> Set<String> {
        let hex = selector.filter { $0 != " " }.lowercased()
        let named = try KeyRing(state: state).keys.filter { $0.name.text == selector }.map(\.fingerprint.hex)
        if !named.isEmpty { return Set(named) }
        guard hex.count == 16, hex.allSatisfy(\.isHexDigit) else {
            throw RouteGridError(
                .badInput,
                "\(SafeText.line(String(selector.prefix(80)))): no key has this name, and it is no fingerprint"
            )
        }
        return [hex]
    }
}
