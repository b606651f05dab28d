import ArgumentParser
import Logging

/// How a verb writes its data on stdout.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// One JSON document with a `schema` member.
    case json
    /// One JSON document per line.
    case jsonl
    /// Aligned columns for people.
    case table
    /// Nothing: only the exit code matters.
    case quiet
}

/// How messages are written on stderr.
enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable { case text, json }

/// The levels of log messages, by rising weight.
enum LogLevel: String, ExpressibleByArgument, CaseIterable, Sendable {
    case trace, debug, info, notice, warning, error
}

/// The options that every verb shares: `@OptionGroup var output: OutputOptions`.
struct OutputOptions: ParsableArguments {
    @Option(name: .long, help: "What goes to stdout: json, jsonl, table or quiet.")
    var output: OutputFormat = .table

    @Flag(name: .shortAndLong, help: "No messages on stderr, only errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "More messages on stderr.")
    var verbose = false

    @Flag(name: .long, help: "Plain lines: no progress bar.")
    var plain = false

    @Flag(name: .customLong("no-color"), help: "No colours (also: NO_COLOR in the environment).")
    var noColor = false

    @Option(name: .customLong("log-format"), help: "Messages on stderr: text, or json (an object a line).")
    var logFormat = LogFormat.text

    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp("The least level written: trace, debug, info, notice, warning, error.", valueName: "level")
    )
    var logLevel: LogLevel?

    func validate() throws {
        if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other.") }
    }

    /// What is logged: `--log-level`, or what `--quiet` and `--verbose` say.
    var level: Logger.Level {
        if let logLevel { return Logger.Level(rawValue: logLevel.rawValue) ?? .info }
        return quiet ? .error : verbose ? .debug : .info
    }

    /// The console that the verb writes to.
    var console: Console {
        Console(
            format: output,
            verbosity: quiet ? .quiet : verbose ? .verbose : .normal,
            wantsColor: !noColor,
            wantsPlain: plain || logFormat == .json
        )
    }
}
