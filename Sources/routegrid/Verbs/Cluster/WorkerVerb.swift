import ArgumentParser
import Foundation
import Keys
import RouteGridBase
import Worker
import ZeroMQ

/// A worker: takes cells from a coordinator and computes them.
struct WorkerVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Computes cells for a coordinator, each slot in a process of its own.",
        discussion: """
            It waits for a coordinator that does not answer yet, and continues when the coordinator is restarted. SIGTERM
            releases what is not started, waits a little for what is, and ends.

            On the coordinator's machine it finds a key by itself; elsewhere `keys accept` makes one of an invite. With the \
            file of an invite for several (`keys invite --uses`) it asks for a key of its own, which is never on a disk.

            Examples:
              routegrid worker --connect tcp://127.0.0.1:7557 --slots 4
              routegrid worker --connect tcp://head:7557 --key worker-1.key
              routegrid worker --connect tcp://head:7557,tcp://spare:7557 --key worker-1.key
              routegrid worker --connect tcp://head:7557 --key worker-1.key --allow-exec ridge=jobs/routers/ridge.py
              routegrid worker --connect tcp://head:7557 --key worker-1.key --slots 4 --gpus 0,1,2,3
            """
    )

    @Option(help: "The coordinator's address: tcp://HOST:PORT or ipc://PATH; several, with commas, are tried in turn.")
    var connect = ["tcp://127.0.0.1:7557"]

    @OptionGroup var key: KeyOptions

    @Option(help: "Cells computed at a time. Default: one a core that it may use.")
    var slots: Int?

    @Option(
        help: ArgumentHelp(
            "GPUs for grids that need some: how many, or which, as in 0,2. Default: those that CUDA sees.",
            valueName: "n|list"
        )
    )
    var gpus: String?

    @Option(help: "The folder that keeps data; workers of a machine may share it. Default: below the temporary folder.")
    var cache: String?

    @Option(name: .customLong("cache-limit"), help: ArgumentHelp("Bytes kept in it, in GiB.", valueName: "gib"))
    var cacheLimit = 8.0

    @Option(help: "What people see in `status`. Default: host:pid.")
    var name: String?

    @Option(
        name: .customLong("idle-timeout"),
        help: ArgumentHelp("End after this time without work. Default: never.", valueName: "seconds")
    )
    var idleTimeout: Double?

    @Option(help: ArgumentHelp("Take no work after this time, finish what is held, and end.", valueName: "seconds"))
    var lifetime: Double?

    @Option(
        name: .customLong("lifetime-stagger"),
        help: ArgumentHelp("Up to so much earlier, at random, so that not all end at once.", valueName: "seconds")
    )
    var lifetimeStagger = 0.0

    @Option(
        name: .customLong("on-lost-timeout"),
        help: ArgumentHelp("End (code 69) after this time without a coordinator.", valueName: "seconds")
    )
    var onLostTimeout = 600.0

    @Option(
        name: .customLong("drain-grace"),
        help: ArgumentHelp("When stopped, wait this long for cells that are being computed.", valueName: "seconds")
    )
    var drainGrace = 15.0

    @Flag(name: .customLong("die-with-parent"), help: .hidden)
    var diesWithParent = false

    @OptionGroup var programs: ProgramOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let slots, !(1...4096).contains(slots) { throw ValidationError("--slots takes 1 to 4096.") }
        guard cacheLimit > 0, onLostTimeout > 0, drainGrace >= 0, idleTimeout.map({ $0 > 0 }) ?? true,
            lifetime.map({ $0 > 0 }) ?? true, lifetimeStagger >= 0
        else {
            throw ValidationError("limits and times are positive numbers.")
        }
    }

    func run() async throws {
        if diesWithParent { ParentWatch.dieWithParent() }
        // Cached data belong to this user alone; the worker and its slots write nothing else.
        umask(0o077)
        let log = output.makeLogger("worker")
        let urls = ZMQAddress.list(connect)
        var configuration = WorkerConfiguration(url: urls[0], slots: slots)
        configuration.urls = urls
        let keys = try urls.map { url throws(RouteGridError) in try key.source(.worker, for: url) }
        configuration.key = keys[0]
        if let cache { configuration.cacheFolder = cache }
        configuration.cacheLimit = Int(min(cacheLimit, 1e9) * 1_073_741_824)
        if let name { configuration.name = name }
        configuration.idleTimeout = idleTimeout.map { .seconds($0) }
        configuration.lifetime = lifetime.map { .seconds($0) }
        configuration.lifetimeStagger = .seconds(lifetimeStagger)
        configuration.onLostTimeout = .seconds(onLostTimeout)
        configuration.drainGrace = .seconds(drainGrace)
        let allowed = try programs.allowed()
        configuration.programs = allowed.names
        configuration.gpus = if let gpus { try GPUList(parsing: gpus) } else { .ofThisMachine() }
        let watch = try SignalWatch()
        let turn = MachineTurn.files(of: try ZMQAddress(urls[0]))
        defer { MachineTurn.removeUnused(turn) }
        let launcher = ProcessSlotLauncher(
            command: ["routegrid", "slot", "--turn", turn] + ProgramOptions.words(allowed),
            environment: ProcessInfo.processInfo.environment,
            program: ChildProcess.program
        )
        if let invite = keys[0].invite {
            let join = KeyJoin(
                invite: invite,
                urls: urls,
                name: configuration.name,
                limit: configuration.onLostTimeout
            )
            guard let own = try join.key(until: { watch.received != nil }) else {
                throw ExitCode(128 + (watch.received ?? SIGTERM))
            }
            configuration.key = .held(own)
        }
        let supervisor = try WorkerSupervisor(configuration: configuration, launcher: launcher, log: log)
        try await StopSignals.run([supervisor], watch: watch, logger: log)
    }
}
