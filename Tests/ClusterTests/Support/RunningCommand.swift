import Foundation
import RouteGridBase
import Testing

/// A `routegrid` process that a test started; it is killed when the test lets go of it.
final class RunningCommand: Sendable {
    private struct State {
        var status: Int32?
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    private let process: Process
    private let state = LockedBox(State())
    private let outputPath: String
    private let messagesPath: String

    /// Starts the built `routegrid`, or another program.
    init(
        _ arguments: [String],
        program: String = CommandLineTool.path,
        in folder: String = "/",
        environment: [String: String] = [:]
    ) throws {
        let base = NSTemporaryDirectory() + "routegrid-command-\(UUID().uuidString)"
        (outputPath, messagesPath) = (base + ".out", base + ".err")
        for path in [outputPath, messagesPath] {
            guard FileManager.default.createFile(atPath: path, contents: nil) else {
                throw RouteGridError(.system, "\(path): cannot be made")
            }
        }
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outputPath))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: messagesPath))
        let state = state
        process.terminationHandler = { ended in
            let status = ended.terminationReason == .exit ? ended.terminationStatus : 128 + ended.terminationStatus
            let waiting = state.withLock { state in
                state.status = status
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume(returning: status) }
        }
        try process.run()
    }

    deinit {
        if state.withLock({ $0.status == nil }) { Foundation.kill(process.processIdentifier, SIGKILL) }
        unlink(outputPath)
        unlink(messagesPath)
    }

    var identifier: Int32 { process.processIdentifier }
    var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
    var messages: String { (try? String(contentsOfFile: messagesPath, encoding: .utf8)) ?? "" }
    var hasEnded: Bool { state.withLock { $0.status != nil } }

    func send(_ signal: Int32) { Foundation.kill(identifier, signal) }

    /// The exit code, or 128 + the signal.
    func ended() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status: Int32? = state.withLock { state in
                if state.status == nil { state.waiting.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    /// The first line on stdout.
    ///
    /// - Throws: When the process ends, or a minute passes, without one.
    func firstLine() async throws -> String {
        try await eventually("a line on stdout; stderr: \(messages)") {
            if let end = self.output.firstIndex(of: "\n") { return String(self.output[..<end]) }
            if self.hasEnded { throw RouteGridError(.system, "the process ended: \(self.messages)") }
            return nil
        }
    }
}

/// Asks again and again, for two minutes at most, until there is an answer.
func eventually<Answer>(
    _ what: @autoclosure () -> String,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ ask: () async throws -> Answer?
) async throws -> Answer {
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
        if let answer = try await ask() { return answer }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("waited for two minutes: \(what())", sourceLocation: sourceLocation)
    throw RouteGridError(.incomplete, what())
}
