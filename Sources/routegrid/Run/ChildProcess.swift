import CPlatform
import Foundation
import RouteGridBase

/// A child process that runs this same command: in its own process group, with its messages in a log file, ended
/// together with its parent.
///
/// Used from one thread at a time. The kernel ties the child to the thread that started it, so that thread must stay
/// alive.
final class ChildProcess {
    enum Ending: Equatable {
        case exited(Int32)
        case signalled(Int32)

        /// The signal that ended it, whether it handled the signal (exit code 128 plus the number) or not.
        var signal: Int32? {
            switch self {
            case .signalled(let number): number
            case .exited(let code): [SIGINT, SIGTERM, SIGHUP, SIGQUIT].first { 128 + $0 == code }
            }
        }
    }

    /// This program's file, even when it was replaced or deleted since.
    static let program = "/proc/self/exe"

    let name: String
    let identifier: pid_t
    private let output: ChildOutput
    private var ending: Ending?

    /// Starts `routegrid ARGUMENTS…`.
    ///
    /// - Parameters:
    ///   - name: For messages, such as `worker-1`.
    ///   - arguments: The verb and what follows it.
    ///   - log: Where both outputs are collected.
    ///   - signal: Sent to the child when this process is gone.
    /// - Throws: `system` when the process cannot be started.
    init(_ name: String, _ arguments: [String], log: String, endingWith signal: Int32) throws(RouteGridError) {
        self.name = name
        var pipe: [Int32] = [-1, -1]
        guard cplatform_pipe(&pipe) == 0 else {
            throw RouteGridError(.system, "\(name) cannot be started: \(String(cString: strerror(errno)))")
        }
        defer { close(pipe[1]) }
        output = ChildOutput(pipe: pipe[0], log: log)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A ^C of the terminal reaches this process only, which stops its children in order.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var environment = ParentWatch.environment(ProcessInfo.processInfo.environment, endingWith: signal)
        // The crash report of Swift's runtime, before this program replaces it, could print the contents of memory.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        let pairs = environment.map { "\($0.key)=\($0.value)" }
        var started = pid_t()
        let status = ChildProcess.withCStrings(["routegrid"] + arguments) { argv in
            ChildProcess.withCStrings(pairs) { envp in
                posix_spawn(&started, ChildProcess.program, &actions, &attributes, argv, envp)
            }
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

    /// The last line of its output.
    var lastLine: String? { output.lastLine }

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
