import Foundation
import RouteGridBase

/// A process of this same command, started by it: its own process group, its messages in a log file, gone with its parent.
///
/// Used from one thread. The kernel ties the child to the thread that started it, so that thread must live on.
final class ChildProcess {
    enum Ending: Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    let name: String
    let identifier: pid_t
    let logPath: String
    private var ending: Ending?

    /// Starts `routegrid ARGUMENTS…`.
    ///
    /// - Parameters:
    ///   - name: For messages and the log file, such as `worker-1`.
    ///   - arguments: The verb and what follows it.
    ///   - logFolder: Where `NAME.log` collects both outputs.
    /// - Throws: `system` when the process cannot be started.
    init(_ name: String, _ arguments: [String], logFolder: String) throws(RouteGridError) {
        self.name = name
        logPath = "\(logFolder)/\(name).log"
        let executable = try ChildProcess.executable()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, logPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A ^C of the terminal goes to this process alone, which stops its children in order.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var environment = ProcessInfo.processInfo.environment
        environment[ParentWatch.variable] = String(getpid())
        let pairs = environment.map { "\($0.key)=\($0.value)" }
        var started = pid_t()
        let status = ChildProcess.withCStrings(["routegrid"] + arguments) { argv in
            ChildProcess.withCStrings(pairs) { posix_spawn(&started, executable, &actions, &attributes, argv, $0) }
        }
        guard status == 0 else {
            throw RouteGridError(.system, "\(name) cannot be started: \(String(cString: strerror(status)))")
        }
        identifier = started
    }

    /// How the process ended; nil while it runs.
    func poll() -> Ending? {
        if let ending { return ending }
        var status: Int32 = 0
        guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
        let signal = status & 0x7F
        ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
        return ending
    }

    func send(_ signal: Int32) {
        if poll() == nil { kill(identifier, signal) }
    }

    /// The last line of the log that says something.
    var lastWords: String? {
        guard let data = FileManager.default.contents(atPath: logPath) else { return nil }
        let lines = String(decoding: data.suffix(4096), as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.last { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
    }

    private static func executable() throws(RouteGridError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else {
            throw RouteGridError(.system, "/proc/self/exe: \(String(cString: strerror(errno)))")
        }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Calls `body` with a null-terminated array of C strings.
    private static func withCStrings<Result>(
        _ texts: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
