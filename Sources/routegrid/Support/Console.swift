import Foundation
import RouteGridBase

/// Where a verb writes: data to stdout, messages to stderr.
struct Console: Sendable {
    enum Verbosity: Sendable, Comparable { case quiet, normal, verbose }

    let format: OutputFormat
    let verbosity: Verbosity
    /// Colours are used on stdout.
    let colorsData: Bool
    /// Colours are used on stderr.
    let colorsMessages: Bool
    /// stderr is a terminal whose last line may be drawn again.
    let drawsProgress: Bool

    /// - Parameters:
    ///   - format: What goes to stdout.
    ///   - verbosity: How much goes to stderr.
    ///   - wantsColor: False when a flag forbids colours; `NO_COLOR` and `TERM=dumb` forbid them too.
    ///   - wantsPlain: True when a flag forbids the progress bar.
    init(format: OutputFormat, verbosity: Verbosity, wantsColor: Bool = true, wantsPlain: Bool = false) {
        self.format = format
        self.verbosity = verbosity
        let environment = ProcessInfo.processInfo.environment
        let isDumb = environment["TERM"].map { $0 == "dumb" } ?? true
        let mayColor = wantsColor && (environment["NO_COLOR"] ?? "").isEmpty && !isDumb
        colorsData = mayColor && isatty(STDOUT_FILENO) == 1
        colorsMessages = mayColor && isatty(STDERR_FILENO) == 1
        drawsProgress = isatty(STDERR_FILENO) == 1 && !isDumb && !wantsPlain && verbosity != .quiet
    }

    // MARK: Data

    /// Writes one document: as JSON when that is asked for, else as the table.
    func emit(_ document: JSONValue, table: @autoclosure () -> String) {
        switch format {
        case .json, .jsonl: Console.writeData(document.jsonText + "\n")
        case .table: Console.writeData(table())
        case .quiet: break
        }
    }

    /// Writes a list: `jsonl` as one line an item, `json` as one document under `items`, else as the table.
    func emit(_ items: [JSONValue], schema: String, table: @autoclosure () -> String) {
        switch format {
        case .jsonl: Console.writeData(items.map { $0.jsonText + "\n" }.joined())
        case .json:
            Console.writeData(JSONValue.object(["schema": .string(schema), "items": .array(items)]).jsonText + "\n")
        case .table: Console.writeData(table())
        case .quiet: break
        }
    }

    // MARK: Messages

    /// A message for people, on stderr unless `--quiet`.
    func note(_ text: String) {
        if verbosity >= .normal { Console.writeError(text + "\n") }
    }

    /// A message that only `--verbose` shows.
    func detail(_ text: String) {
        if verbosity >= .verbose { Console.writeError(text + "\n") }
    }

    /// Something that is wrong but does not stop the command; `--quiet` does not hide it.
    func warn(_ text: String) {
        Console.writeError((colorsMessages ? "\u{1B}[33mwarning:\u{1B}[0m " : "warning: ") + text + "\n")
    }

    // MARK: Bytes

    static func writeData(_ text: String) { write(text, to: STDOUT_FILENO) }
    static func writeError(_ text: String) { write(text, to: STDERR_FILENO) }

    /// Writes all of it; a closed pipe or a full disk under stdout ends the process as the shell expects.
    private static func write(_ text: String, to descriptor: Int32) {
        var rest = ArraySlice(text.utf8)
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                if descriptor == STDOUT_FILENO { Foundation.exit(RouteGridError.Code.system.exitCode) }
                return
            }
        }
    }
}
