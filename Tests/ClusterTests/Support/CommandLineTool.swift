import Foundation
import Testing

/// The built `routegrid`, run as people run it.
enum CommandLineTool {
    /// What a finished command left.
    struct Outcome: CustomStringConvertible {
        let status: Int32
        let output: String
        let messages: String

        /// Messages, one a line.
        var lines: [String] { messages.split(separator: "\n").map(String.init) }
        var description: String {
            "exit code \(status)\nstdout: \(output.suffix(2000))\nstderr: \(messages.suffix(4000))"
        }
    }

    /// The executable beside the test bundle.
    static let path: String = {
        let bundle =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("routegrid").path
    }()

    /// The package's folder, for the grids and data that it ships.
    static let package: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.path
    }()

    /// Runs a command to its end.
    static func run(
        _ arguments: String...,
        in folder: String = "/",
        environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await run(arguments, in: folder, environment: environment)
    }

    static func run(
        _ arguments: [String],
        in folder: String = "/",
        environment: [String: String] = [:]
    ) async throws -> Outcome {
        let running = try RunningCommand(arguments, in: folder, environment: environment)
        let status = await running.ended()
        return Outcome(status: status, output: running.output, messages: running.messages)
    }
}
