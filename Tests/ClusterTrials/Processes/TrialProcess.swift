import CPlatform
import Foundation
package import RouteGridBase

/// A process of a trial: its outputs in a file, killed by the kernel when the thread that started it ends.
///
/// Used from one thread, which must live as long as the process shall.
package final class TrialProcess {
    /// How it ended: an exit code, or 128 + the signal.
    package typealias Status = Int32

    package let name: String
    package let identifier: Int32
    /// Standard error; `outputPath` has standard output.
    package let messagesPath: String
    package let outputPath: String
    private var status: Status?

    /// - Parameters:
    ///   - command: The program's path and its arguments.
    ///   - name: For messages and the files, such as `worker-1`.
    ///   - folder: Where `NAME.out` and `NAME.err` are; both are appended to.
    /// - Throws: `system` when it cannot be started.
    package init(_ command: [String], name: String, logs folder: String) throws(RouteGridError) {
        self.name = name
        outputPath = "\(folder)/\(name).out"
        messagesPath = "\(folder)/\(name).err"
        unlink(outputPath)
        let files = [
            open("/dev/null", O_RDONLY | O_CLOEXEC), open(outputPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600),
            open(messagesPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600),
        ]
        defer { for file in files where file >= 0 { close(file) } }
        let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        let started = files.contains { $0 < 0 } ? -1 : Self.spawn(command, environment, files)
        guard started > 0 else {
            throw RouteGridError(.system, "\(command[0]) cannot be started: \(String(cString: strerror(errno)))")
        }
        identifier = started
    }

    deinit {
        guard poll() == nil else { return }
        cplatform_kill_group(identifier)
        var ignored: Int32 = 0
        waitpid(identifier, &ignored, 0)
    }

    private static func spawn(_ command: [String], _ environment: [String], _ files: [Int32]) -> pid_t {
        let (words, pairs) = (command.map { strdup($0) }, environment.map { strdup($0) })
        defer { for text in words + pairs { free(text) } }
        return cplatform_spawn(command[0], words + [nil], pairs + [nil], files, Int32(files.count))
    }

    /// How it ended; nil while it runs.
    package func poll() -> Status? {
        if let status { return status }
        var found: Int32 = 0
        guard cplatform_reap(identifier, &found) == 1 else { return nil }
        let signal = found & 0x7F
        status = signal == 0 ? (found >> 8) & 0xFF : 128 + signal
        return status
    }

    package func send(_ signal: Int32) {
        if poll() == nil { kill(identifier, signal) }
    }

    /// Waits for its end; kills it when the time is over, and then gives 137.
    package func wait(_ limit: Duration) -> Status {
        let deadline = ContinuousClock.now + limit
        while true {
            if let status = poll() { return status }
            if ContinuousClock.now >= deadline { send(SIGKILL) }
            usleep(5_000)
        }
    }

    package var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }

    /// The last lines of standard error.
    package var lastLine: String {
        guard let file = FileHandle(forReadingAtPath: messagesPath) else { return "" }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: size - min(size, 2_000))
        return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    }

    /// The processes that it started and that still run.
    package var children: [Int32] {
        let path = "/proc/\(identifier)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return threads.flatMap { thread in
            ((try? String(contentsOfFile: "\(path)/\(thread)/children", encoding: .utf8)) ?? "").split(separator: " ")
                .compactMap { Int32($0) }
        }
        .sorted()
    }
}
