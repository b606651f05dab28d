import ArgumentParser
import Coordinator
import Foundation
import Logging
import RouteGridBase
import Scheduling

/// The long-running half of a cluster that keeps the queue and the records.
struct CoordinatorVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator",
        abstract: "Keeps the queue and the records; workers and clients connect to it.",
        discussion: """
            The address it listens on is the one line on stdout. Whoever connects proves a key, and all is encrypted: \
            on this machine processes of the same user find theirs by themselves; other machines can reach it once \
            `keys init` was run, and join by `keys invite`. \
            SIGTERM ends it after the last commit; started again on the same state folder it continues its runs, and \
            workers reconnect by themselves.

            With --audit a part of the cells, which workers cannot foresee, is computed again by workers of another key \
            (or, where all have one, of another machine), once nothing else waits. `status` shows what differs; a worker \
            whose key is trusted (`keys invite --trusted`) decides which result was right. Measurements, and routers that \
            are programs, are left out. It is off by default: a cell alone takes its whole fit again, so that 1% of the \
            cells of a grid with many cells a fit takes much more than 1% of the time.

            Examples:
              routegrid coordinator --bind tcp://127.0.0.1:7557 --state ./state
              routegrid keys init --state ./state && routegrid coordinator --bind 'tcp://*:7557' --state ./state
            """
    )

    @Option(help: "Where to listen: tcp://ADDRESS:PORT (* = every address, any free port) or ipc://PATH.")
    var bind = "tcp://127.0.0.1:7557"

    @Option(
        name: .customLong("state"),
        help: ArgumentHelp(
            "The state folder, on a local disk; made when it is missing. Default: state/.",
            valueName: "dir"
        )
    )
    var folder: String?

    @Option(help: ArgumentHelp("Seconds without a message after which a worker is lost.", valueName: "seconds"))
    var lease = 5.0

    @Option(help: ArgumentHelp("Fills an empty state folder from a backup first.", valueName: "dir"))
    var restore: String?

    @Option(
        help: ArgumentHelp(
            "The part of the cells that is computed again by another worker, such as 1%, or off.",
            valueName: "part"
        )
    )
    var audit = AuditRate(part: 0)

    @Flag(name: .customLong("insecure-plaintext"), help: "Without keys and encryption: whoever reaches it may do all.")
    var isPlaintext = false

    @Flag(name: .customLong("made-up-records"), help: .hidden)
    var takesMadeUpRecords = false

    @Flag(name: .customLong("die-with-parent"), help: .hidden)
    var diesWithParent = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard lease >= 1, lease <= 3_600 else { throw ValidationError("--lease takes 1 to 3600 seconds.") }
    }

    func run() async throws {
        if diesWithParent { ParentWatch.dieWithParent() }
        if folder == nil { try StatePlace.check(missing: ["--state"]) }
        let state = folder ?? StatePlace.usual
        // State and socket are this user's alone; it writes nothing else.
        umask(0o077)
        let log = output.makeLogger("coordinator")
        var configuration = CoordinatorServer.Configuration(bind: bind, stateFolder: state)
        (configuration.usesKeys, configuration.allowsPlaintextEverywhere) = (!isPlaintext, isPlaintext)
        configuration.scheduler.leaseMilliseconds = Int64(lease * 1_000)
        configuration.auditRate = audit.part
        configuration.checksRecords = !takesMadeUpRecords
        configuration.heartbeatMilliseconds = UInt32(min(1_000, lease * 1_000 / 4))
        if let restore {
            let report = RestoreReport(output.console)
            defer { report.finish() }
            let came = try CoordinatorServer.restore(state: state, from: restore) { report.update($0) }
            report.finish()
            output.console.note("\(came.records) records and \(came.runs) runs restored from \(restore)")
        }
        let watch = try SignalWatch()
        let server = try CoordinatorServer(configuration: configuration, log: log)
        let address: String
        do {
            address = try await server.start()
        } catch {
            await server.stop()
            server.shutDown()
            throw error
        }
        output.console.emit(["schema": "routegrid/coordinator/v1", "address": .string(address)], table: address + "\n")
        try await StopSignals.run([CoordinatorService(server)], watch: watch, logger: log)
    }
}
