import ArgumentParser
import Foundation
import Logging
import RouteGridBase

/// The only place where an error becomes a line on stderr and an exit code.
enum CommandFailure {
    /// Reports the error, each problem in one line `routegrid: …`, and ends the process.
    ///
    /// Errors of the argument parser itself (usage, `--help`, `--version`, explicit exit codes) keep the parser's own
    /// text and code: 64 for wrong usage.
    static func exit(with error: any Error) -> Never {
        switch error {
        case let known as RouteGridError:
            for text in known.lines where !JSONLog.say(.error, text) { Console.writeError(line(text)) }
            Foundation.exit(known.code.exitCode)
        case let explicit as ExitCode:
            Foundation.exit(explicit.rawValue)
        default:
            guard RouteGrid.exitCode(for: error) == .failure else { RouteGrid.exit(withError: error) }
            if !JSONLog.say(.error, text(of: error)) { Console.writeError(line(text(of: error))) }
            Foundation.exit(RouteGridError.Code.system.exitCode)
        }
    }

    /// One line, whatever the message contains.
    static func line(_ message: String) -> String {
        let parts = message.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        return "routegrid: \(SafeText.line(parts.filter { !$0.isEmpty }.joined(separator: "; ")))\n"
    }

    private static func text(of error: any Error) -> String {
        if error is CancellationError { return "cancelled" }
        let plain = String(describing: error)
        return plain.isEmpty ? String(reflecting: type(of: error)) : plain
    }
}
