import Allocation
import ArgumentParser
import Foundation
import Keys
import RouteGridBase
import Scheduling
import ZeroMQ

/// `routegrid alloc slurm`.
struct AllocSlurm: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slurm",
        abstract: "Submits worker jobs to Slurm while there is work for them.",
        discussion: """
            Each round it asks the coordinator how much work there is and Slurm which of its jobs there are, and submits or \
            cancels waiting jobs until there are as many as wanted: runnable seconds by walltime, less what other workers do, \
            between --min and --max, and no more slots than groups. A job that has started is never cancelled: workers leave \
            by themselves, when there is nothing for them or their walltime is near. SIGTERM ends the allocator and leaves \
            the jobs; the next one finds them by their name.

            Examples:
              routegrid alloc slurm --connect tcp://head:7557 --key me.key --worker-key worker.key --min 0 --max 20
              routegrid alloc slurm --max 4 --slots 8 --walltime 2h --partition short --dry-run -- --mem=16G
            """
    )

    @Option(help: "The coordinator's address: tcp://HOST:PORT or ipc://PATH.")
    var connect = "tcp://127.0.0.1:7557"

    @OptionGroup var key: KeyOptions

    @Option(
        name: .customLong("worker-key"),
        help: ArgumentHelp(
            "The file of the workers' key, or of an invite that gives each a key of its own (`keys invite --uses`), on a "
                + "file system that the nodes share, mode 0600. Not needed where workers run on the coordinator's machine.",
            valueName: "file"
        )
    )
    var workerKey: String?

    @Option(
        name: .customLong("worker-connect"),
        help: ArgumentHelp("The coordinator's address for the nodes. Default: that of --connect.", valueName: "url")
    )
    var workerConnect: String?

    @Option(name: .customLong("min"), help: "The fewest worker jobs, also when there is no work.")
    var minimum = 0

    @Option(name: .customLong("max"), help: "The most worker jobs, waiting and running.")
    var maximum: Int

    @Option(name: .customLong("max-queued"), help: "The most that wait in the queue at once. Default: --max.")
    var maximumQueued: Int?

    @Option(help: "Slurm's partition.")
    var partition: String?

    @Option(help: ArgumentHelp("How long a job may run: 90m, 4h, 1-00:00:00.", valueName: "time"))
    var walltime = TimeSpan(seconds: 3_600)

    @Option(help: ArgumentHelp("In which time the work is to be done. Default: the walltime.", valueName: "time"))
    var target: TimeSpan?

    @Option(
        name: .customLong("idle-exit"),
        help: ArgumentHelp("A worker without work for this long ends.", valueName: "time")
    )
    var idleExit = TimeSpan(seconds: 120)

    @Option(help: ArgumentHelp("The time between two rounds.", valueName: "time"))
    var interval = TimeSpan(seconds: 30)

    @Option(help: "Cells at a time in one job, and processors asked for. Default: what a job is given.")
    var slots: Int?

    @Option(help: "Tells allocators of one coordinator apart, for two partitions. Default: of the address.")
    var id: String?

    @Option(help: "The routegrid of the nodes. Default: the file of this one.")
    var program: String?

    @Option(help: ArgumentHelp("The workers' folder for data. Default: below the temporary folder.", valueName: "dir"))
    var cache: String?

    @Option(help: ArgumentHelp("A line of the script before the worker: 'module load openblas'.", valueName: "line"))
    var setup: [String] = []

    @Flag(name: .customLong("dry-run"), help: "Print the script and the command that would submit it, and end.")
    var isDryRun = false

    @OptionGroup var place: AllocatorPlace
    @OptionGroup var output: OutputOptions

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("Further arguments of sbatch, after --.", valueName: "sbatch arguments")
    )
    var arguments: [String] = []

    func validate() throws {
        guard (0...100_000).contains(minimum), (1...100_000).contains(maximum), minimum <= maximum else {
            throw ValidationError("--min and --max: 0 <= MIN <= MAX <= 100000, and MAX at least 1.")
        }
        if let slots, !(1...4096).contains(slots) { throw ValidationError("--slots takes 1 to 4096.") }
        guard (0.2...86_400).contains(interval.seconds) else { throw ValidationError("--interval: 0.2s to 1d.") }
        guard walltime.seconds >= 10, idleExit.seconds > 0, target.map({ $0.seconds > 0 }) ?? true else {
            throw ValidationError("--walltime is 10s or more, --idle-exit and --target are positive.")
        }
        let isPlain = id?.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") } ?? true
        if let id, id.isEmpty || id.count > 32 || !isPlain {
            throw ValidationError("--id takes up to 32 letters, digits and hyphens.")
        }
        if let maximumQueued, maximumQueued < 1 { throw ValidationError("--max-queued is at least 1.") }
        if workerKey != nil, key.isPlaintext {
            throw ValidationError("--worker-key and --insecure-plaintext exclude each other.")
        }
        if setup.contains(where: { $0.contains("\n") }) { throw ValidationError("--setup takes one line.") }
    }

    func run() throws {
        umask(0o077)
        try SlurmCommands.check(arguments)
        let file = try stateFile()
        let script = try script(folder: AllocatorPlace.folder(of: file))
        let commands = SlurmCommands(jobName: jobName, partition: partition, arguments: arguments)
        if isDryRun {
            let words = commands.submission(maximum, excluding: []).map(ShellWord.quoted).joined(separator: " ")
            output.console.emit(
                [
                    "schema": "routegrid/alloc-script/v1", "name": .string(jobName), "script": .string(script.text),
                    "command": .string(words),
                ],
                table: script.text
            )
            output.console.note("\(maximum) of them would be submitted by: \(words)")
            return
        }
        let signals = try SignalWatch()
        defer { signals.cancel() }
        let folder = try AllocatorFolder(path: AllocatorPlace.folder(of: file))
        var loop = AllocatorLoop(
            settings: settings(script),
            commands: commands,
            script: script,
            file: file,
            connection: AllocatorConnection(url: connect, key: try key.source(.admin, for: connect)),
            console: output.console
        )
        // The lock is held until the end.
        try withExtendedLifetime(folder) { try loop.run(until: signals) }
        if let signal = signals.received { throw ExitCode(128 + signal) }
    }

    private var jobName: String {
        "rg-" + (id ?? String(Digest(hashing: connect.utf8).hex.prefix(8)))
    }

    private func stateFile() throws(RouteGridError) -> String {
        if let file = place.file { return AllocatorPlace.absolute(file) }
        guard let base = AllocatorFolder.usual(ProcessInfo.processInfo.environment) else {
            throw RouteGridError(.usage, "HOME is not set; name a place for the state by --state-file FILE")
        }
        return "\(base)/\(jobName)/state.json"
    }

    private func settings(_ script: BatchScript) -> AllocatorSettings {
        var wanted = WorkersWanted(
            bounds: minimum...maximum,
            slots: slots ?? 1,
            lifetime: script.lifetime,
            target: target?.seconds
        )
        wanted.guess = 1
        var settings = AllocatorSettings(wanted: wanted)
        settings.hasFixedSlots = slots != nil
        settings.interval = interval.seconds
        settings.maximumQueued = maximumQueued ?? Int.max
        settings.absence = min(300, 10 * interval.seconds)
        settings.nodePause = 20 * interval.seconds
        return settings
    }

    private func script(folder: String) throws(RouteGridError) -> BatchScript {
        let nodes = workerConnect ?? connect
        let address = try ZMQAddress(nodes)
        var script = BatchScript(
            program: AllocatorPlace.absolute(try nodeProgram()),
            jobName: jobName,
            connect: nodes,
            walltime: walltime,
            idleExit: idleExit,
            logs: folder + "/logs"
        )
        script.isPlaintext = key.isPlaintext
        script.partition = partition
        script.slots = slots
        script.cache = cache.map(AllocatorPlace.absolute)
        script.setup = setup
        if let workerKey {
            guard case .peer(_, let role, _, _) = try KeyFile(path: workerKey).holder,
                role == .worker || role == .joiner
            else {
                throw RouteGridError(
                    .usage,
                    "--worker-key \(workerKey): not the key of a worker, or an invite for workers"
                )
            }
            script.key = AllocatorPlace.absolute(workerKey)
        } else if !address.isLocal, !key.isPlaintext {
            throw RouteGridError(
                .usage,
                "--worker-key FILE is missing: workers on other nodes need a key; `routegrid keys invite --role worker` and "
                    + "`routegrid keys accept FILE` make one, in a folder that the nodes share"
            )
        }
        for text in [folder, script.program, script.key ?? ""] where text.contains("%") || text.contains("\n") {
            throw RouteGridError(.usage, "\(text): Slurm would replace the % in this path; choose another")
        }
        return script
    }

    private func nodeProgram() throws(RouteGridError) -> String {
        if let program { return program }
        guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            throw RouteGridError(.system, "the file of this program cannot be found; name the nodes' by --program")
        }
        return path
    }
}
