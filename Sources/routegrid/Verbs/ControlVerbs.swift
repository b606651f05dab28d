import ArgumentParser
import RouteGridBase
import Wire

/// What the verbs that change a run have in common: they say it once, and it is on disk when they return.
protocol ControlVerb: ParsableCommand {
    var connection: ConnectOptions { get }
    var output: OutputOptions { get }
}

extension ControlVerb {
    func control(_ verb: String, _ selector: String, value: String = "", reason: String = "") throws {
        let client = try connection.client(verb)
        defer { client.close() }
        try client.control(verb, selector, value: value, reason: reason)
        output.console.note("\(verb) \(selector): done")
    }
}

/// Stops handing out a run's cells.
struct PauseVerb: ControlVerb {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stops handing out a run's cells until it is resumed; survives a restart.",
        discussion: "Example:\n  routegrid pause 3 --connect tcp://127.0.0.1:7557"
    )
    @Argument(help: ArgumentHelp("The run's number, or last.", valueName: "run")) var selector: String
    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions
    func run() throws { try control("pause", selector) }
}

/// Hands out a paused run's cells again.
struct ResumeVerb: ControlVerb {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Hands out the cells of a paused run again.",
        discussion: "Example:\n  routegrid resume 3"
    )
    @Argument(help: ArgumentHelp("The run's number, or last.", valueName: "run")) var selector: String
    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions
    func run() throws { try control("resume", selector) }
}

/// Ends a run before its end.
struct CancelVerb: ControlVerb {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Ends a run; its records stay, its leases are taken back.",
        discussion: "Example:\n  routegrid cancel 3 --reason \"wrong prices\""
    )
    @Argument(help: ArgumentHelp("The run's number, or last.", valueName: "run")) var selector: String
    @Option(help: "Why; shown by status.") var reason = ""
    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions
    func run() throws { try control("cancel", selector, reason: reason) }
}

/// Changes which run goes first.
struct PriorityVerb: ControlVerb {
    static let configuration = CommandConfiguration(
        commandName: "priority",
        abstract: "Sets a run's priority: the higher goes first, equals share.",
        discussion: "Example:\n  routegrid priority 3 10"
    )
    @Argument(help: ArgumentHelp("The run's number, or last.", valueName: "run")) var selector: String
    @Argument(help: "A whole number; 0 is usual.") var priority: Int
    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions
    func run() throws { try control("priority", selector, value: String(priority)) }
}

/// Tries failed cells again.
struct RetryVerb: ControlVerb {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Tries failed and quarantined cells again, with fresh counters.",
        discussion: "Examples:\n  routegrid retry 3\n  routegrid retry 3 --cells 17,42"
    )
    @Argument(help: ArgumentHelp("The run's number, or last.", valueName: "run")) var selector: String
    @Option(help: "Cell numbers with commas between them; default: all that failed.") var cells = ""
    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard cells.split(separator: ",").allSatisfy({ Int($0) != nil }) else {
            throw ValidationError("--cells takes whole numbers with commas between them.")
        }
    }

    func run() throws { try control("retry", selector, value: cells) }
}

/// Lets a worker finish and go.
struct DrainVerb: ControlVerb {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Gives a worker nothing more; it ends when it has delivered what it holds.",
        discussion: "Example:\n  routegrid drain w3"
    )
    @Argument(help: "A worker's name or number as status shows it, or all.") var worker: String
    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions
    func run() throws { try control("drain", worker) }
}
