import Foundation
import RouteGridBase

/// A command of the batch system, run to its end with a time limit.
struct ToolRun: Sendable {
    /// 128 + the signal for one that a signal ended.
    let status: Int32
    let output: String
    let messages: String
    /// Whether it was ended because it took too long.
    let timedOut: Bool

    /// The last line of what it complained about, or how it ended; one line, not long.
    var complaint: String {
        if timedOut { return "no answer in time" }
        let lines = (messages.isEmpty ? output : messages).split(whereSeparator: \.isNewline)
        let text = lines.suffix(3).map { SafeText.line(String($0)) }.joined(separator: "; ")
        return text.isEmpty ? "exit code \(status)" : SafeText.shortened(text, to: 400)
    }

    /// Bytes of either output that are kept; squeue of 10,000 jobs prints about a megabyte.
    private static let limit = 32 << 20

    /// Runs a command found by `PATH`.
    ///
    /// - Parameters:
    ///   - words: the command and its arguments.
    ///   - input: what it reads.
    ///   - environment: all of its variables.
    ///   - seconds: after which it is ended.
    /// - Returns: how it ended and what it printed.
    /// - Throws: `system` when it is not found or cannot be started.
    static func run(
        _ words: [String],
        input: String = "",
        environment: [String: String],
        limit seconds: Double
    ) throws(RouteGridError) -> ToolRun {
        guard let name = words.first, let path = find(name, in: environment["PATH"] ?? "/usr/bin:/bin") else {
            throw RouteGridError(.system, "\(words.first ?? ""): no such command; is Slurm installed here?")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = Array(words.dropFirst())
        process.environment = environment
        let (stdout, stderr) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (stdout, stderr)
        process.standardInput = input.isEmpty ? FileHandle.nullDevice : try file(holding: input)
        do { try process.run() } catch {
            throw RouteGridError(.system, "\(path): cannot be started: \(error.localizedDescription)")
        }
        let late = LockedBox(false)
        let identifier = process.processIdentifier
        let watch = DispatchSource.makeTimerSource(queue: .global())
        watch.schedule(deadline: .now() + seconds)
        watch.setEventHandler {
            late.withLock { $0 = true }
            kill(identifier, SIGKILL)
        }
        watch.resume()
        defer { watch.cancel() }
        let messages = LockedBox(Data())
        let group = DispatchGroup()
        let reader = stderr.fileHandleForReading
        DispatchQueue.global().async(group: group) {
            let data = reader.readDataToEndOfFile()
            messages.withLock { $0 = data }
        }
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        group.wait()
        process.waitUntilExit()
        let code = process.terminationStatus
        return ToolRun(
            status: process.terminationReason == .exit ? code : 128 + code,
            output: String(decoding: output.prefix(Self.limit), as: UTF8.self),
            messages: String(decoding: messages.withLock { $0 }.prefix(Self.limit), as: UTF8.self),
            timedOut: late.withLock { $0 }
        )
    }

    /// A file without a name: a command that ends before it has read a pipe would end its writer.
    private static func file(holding text: String) throws(RouteGridError) -> FileHandle {
        var path = Array((NSTemporaryDirectory() + "/routegrid-XXXXXX").utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else {
            let number = errno
            throw RouteGridError(.writing(number), "\(NSTemporaryDirectory()): \(String(cString: strerror(number)))")
        }
        unlink(path)
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, lseek(descriptor, 0, SEEK_SET) == 0 else {
            let number = errno
            close(descriptor)
            throw RouteGridError(.writing(number), "a batch script: \(String(cString: strerror(number)))")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private static func find(_ name: String, in path: String) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
