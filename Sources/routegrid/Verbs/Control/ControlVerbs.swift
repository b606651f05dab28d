import ArgumentParser
import RouteGridBase
import Wire

/// A command to a coordinator: sent once, and on disk when answered (`drain` changes nothing on disk).
struct ControlOptions: ParsableArguments {
    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions

    func control(_ verb: ControlKind, _ selector: String, value: String = "", reason: String = "") throws {
        let client = try connection.client(verb.rawValue)
        defer { client.close() }
        try client.control(verb, selector, value: value, reason: reason)
        output.console.note("\(verb.rawValue) \(selector): done")
    }
}

/// A run, and the coordinator that has it.
struct RunControl: ParsableArguments {
    @Argument(help: ArgumentHelp("The run's number, or last.", valueName: "run")) var selector: String
    @OptionGroup var coordinator: ControlOptions

    func control(_ verb: ControlKind, value: String = "", reason: String = "") throws {
        try coordinator.control(verb, selector, value: value, reason: reason)
    }
}

/// Stops granting a run's cells.
struct PauseVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stops granting a run's cells until it is resumed; survives a restart.",
        discussion: "Example:\n  routegrid pause 3 --connect tcp://127.0.0.1:7557"
    )
    @OptionGroup var target: RunControl
    func run() throws { try target.control(.pause) }
}

/// Grants a paused run's cells again.
struct ResumeVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Grants the cells of a paused run again.",
        discussion: "Example:\n  routegrid resume 3"
    )
    @OptionGroup var target: RunControl
    func run() throws { try target.control(.resume) }
}

/// Ends a run early.
struct CancelVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Ends a run; its records stay, its leases are revoked.",
        discussion: "Example:\n  routegrid cancel 3 --reason \"wrong prices\""
    )
    @OptionGroup var target: RunControl
    @Option(help: "Why; shown by status.") var reason = ""
    func run() throws { try target.control(.cancel, reason: reason) }
}

/// Changes which run is served first.
struct PriorityVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "priority",
        abstract: "Sets a run's priority: the higher goes first, equals share.",
        discussion: "Example:\n  routegrid priority 3 10"
    )
    @OptionGroup var target: RunControl
    @Argument(help: "A whole number; 0 is usual.") var priority: Int
    func run() throws { try target.control(.priority, value: String(priority)) }
}

/// Tries failed cells again.
struct RetryVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Tries failed and quarantined cells again, with fresh counters.",
        discussion: "Examples:\n  routegrid retry 3\n  routegrid retry 3 --cells 17,42"
    )
    @OptionGroup var target: RunControl
    @Option(help: "Cell numbers with commas between them; default: all that failed.") var cells = ""

    func validate() throws {
        guard cells.split(separator: ",").allSatisfy({ Int($0) != nil }) else {
            throw ValidationError("--cells takes whole numbers with commas between them.")
        }
    }

    func run() throws { try target.control(.retry, value: cells) }
}

/// Drains a worker.
struct DrainVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Grants a worker no new lease; it ends when it has delivered what it holds.",
        discussion: "Example:\n  routegrid drain w3"
    )
    @Argument(help: "A worker's name or number as status shows it, or all.") var worker: String
    @OptionGroup var coordinator: ControlOptions
    func run() throws { try coordinator.control(.drain, worker) }
}
