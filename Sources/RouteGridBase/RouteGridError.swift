import Glibc

/// What went wrong, in words that say what to do, and the exit code it ends the command with.
///
/// One error type for the world's faults: bad input, a missing peer, a full disk. Our own bugs are preconditions.
package struct RouteGridError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The open set of error kinds.
    ///
    /// Each belongs to one exit code.
    package struct Code: Hashable, Sendable {
        package let name: String
        package let exitCode: Int32

        package init(name: String, exitCode: Int32) {
            self.name = name
            self.exitCode = exitCode
        }

        /// Wrong words on the command line.
        package static let usage = Code(name: "usage", exitCode: 64)
        /// A grid or data file that cannot be right.
        package static let badInput = Code(name: "bad input", exitCode: 65)
        /// The coordinator cannot be reached.
        package static let unreachable = Code(name: "unreachable", exitCode: 69)
        /// It may work if tried again.
        package static let temporary = Code(name: "temporary", exitCode: 75)
        /// The other side speaks another protocol version or broke the protocol.
        package static let protocolRefused = Code(name: "protocol", exitCode: 76)
        /// A key or a role was refused.
        package static let refused = Code(name: "refused", exitCode: 77)
        /// Records disagree: a divergence, a manifest mismatch, a broken gate.
        package static let checkFailed = Code(name: "check failed", exitCode: 4)
        /// The run is not complete.
        package static let incomplete = Code(name: "incomplete", exitCode: 3)
        /// At least one cell failed after its retries.
        package static let cellsFailed = Code(name: "cells failed", exitCode: 2)
        /// Asked to stop before it was through; a command that a signal stopped ends with 128 + signal.
        package static let cancelled = Code(name: "cancelled", exitCode: 130)
        /// Anything else that the outside world did.
        package static let system = Code(name: "system", exitCode: 1)

        /// What a failed write is: a full disk may have room later.
        ///
        /// - Parameter number: `errno`.
        /// - Returns: `temporary` or `system`.
        package static func writing(_ number: Int32) -> Code {
            number == ENOSPC || number == EDQUOT ? .temporary : .system
        }
    }

    package var code: Code
    package var message: String
    /// Further problems of the same input, each a message of its own: what reads a file may say all of them at once.
    package var further: [String] = []
    /// How many problems there are beyond those.
    package var unlisted = 0

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Bad input with the place it was found in, such as `outcomes.csv:12: column "gpt_cost": expected …`.
    package static func badInput(_ place: String, _ message: String) -> RouteGridError {
        RouteGridError(.badInput, "\(place): \(message)")
    }

    package var description: String { lines.joined(separator: "\n") }

    /// A line a problem, and one that counts those that are not listed.
    package var lines: [String] {
        [message] + further + (unlisted > 0 ? ["and \(unlisted) more problem\(unlisted == 1 ? "" : "s")"] : [])
    }
}
