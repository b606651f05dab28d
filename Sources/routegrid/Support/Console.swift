import Foundation
import Logging
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
    /// stderr is a terminal whose last line may be redrawn.
    let drawsProgress: Bool
    /// The terminal, if there is one, understands more than lines.
    let mayRedraw: Bool

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
        mayRedraw = !isDumb && !wantsPlain
        drawsProgress = isatty(STDERR_FILENO) == 1 && !isDumb && !wantsPlain && verbosity != .quiet
    }

    // MARK: Data

    /// Writes one document: as JSON when that is requested, else as the table.
    func emit(_ document: JSONValue, table: @autoclosure () -> String) {
        switch format {
        case .json, .jsonl: Console.writeData(Console.line(document))
        case .table: Console.writeData(table())
        case .quiet: break
        }
    }

    /// Writes a list: `jsonl` as one line per item, `json` as one document under `items`, else as the table.
    func emit(_ items: [JSONValue], schema: String, table: @autoclosure () -> String) {
        switch format {
        case .jsonl: Console.writeData(items.map(Console.line).joined())
        case .json:
            Console.writeData(Console.line(["schema": .string(schema), "items": .array(items)]))
        case .table: Console.writeData(table())
        case .quiet: break
        }
    }

    // MARK: Messages

    /// A message for people, on stderr unless `--quiet`.
    func note(_ text: String) {
        if JSONLog.say(.info, text) { return }
        if verbosity >= .normal { Console.writeError(overBar + SafeText.line(text) + "\n") }
    }

    /// Clears the progress bar from the line, if there may be one.
    private var overBar: String { drawsProgress ? "\r\u{1B}[K" : "" }

    /// A message that only `--verbose` shows.
    func detail(_ text: String) {
        if JSONLog.say(.debug, text) { return }
        if verbosity >= .verbose { Console.writeError(SafeText.line(text) + "\n") }
    }

    /// A warning: something is wrong but does not stop the command; `--quiet` does not hide it.
    func warn(_ text: String) {
        if JSONLog.say(.warning, text) { return }
        let heading = colorsMessages ? "\u{1B}[33mwarning:\u{1B}[0m " : "warning: "
        Console.writeError(overBar + heading + SafeText.line(text) + "\n")
    }

    // MARK: Bytes

    /// A document as one line of JSON that a terminal can show: hidden characters as escapes, which parse to the same.
    static func line(_ document: JSONValue) -> String {
        let text = document.jsonText
        if text.utf8.allSatisfy({ $0 < 0x7F }) { return text + "\n" }
        var out = ""
        for scalar in text.unicodeScalars {
            if SafeText.isHidden(scalar) {
                for unit in String(scalar).utf16 {
                    let hex = String(unit, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                }
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out + "\n"
    }

    /// Writes data; on failure, ends the process with a message: 75 for a full disk, else 1.
    static func writeData(_ text: String) {
        guard let number = write(text, to: STDOUT_FILENO) else { return }
        let why = number == EPIPE || number == EBADF ? "it was closed" : String(cString: strerror(number))
        writeError(CommandFailure.line("stdout cannot be written: \(why)"))
        ExitHooks.run()
        Foundation.exit(RouteGridError.Code.writing(number).exitCode)
    }

    /// Writes a message; there is no way to report that it cannot be written.
    static func writeError(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// Writes all of the text.
    ///
    /// - Returns: The number of the error that stopped it; nil when all is written.
    private static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var rest = ArraySlice(text.utf8)
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&room, 1, 1_000)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}
