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
                let started = SafeText.shortened(SafeText.line(record.started), to: 40)
                return "\(record.sequence)  \(record.jobKey.hex.prefix(16))  \(started)  \(worker)\n"
            }.joined()
        )
        keys.output.console.note("\(records.count) records")
    }
}
