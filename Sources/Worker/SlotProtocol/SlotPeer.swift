import CPlatform
import Glibc
package import RouteGridBase

/// The other end of a slot: a child process, or in tests a thread.
///
/// All of it is used on the supervisor's loop.
package protocol SlotPeer: AnyObject {
    /// A non-blocking stream socket.
    var descriptor: Int32 { get }
    /// The descriptor of its standard error, if it has one.
    var errorDescriptor: Int32? { get }
    var progress: ProgressPage { get }
    /// Bytes of resident memory, if known.
    var residentBytes: Int64? { get }
    /// Kills it at once. Its socket is closed as a consequence.
    func kill()
    /// How it ended, in words; nil while it still runs.
    func ending() -> String?
    /// Limits its memory; 0 is no limit.
    func limitMemory(_ bytes: UInt64)
    /// Closes the supervisor's resources for it.
    func close()
}

/// Starts slots.
package protocol SlotLauncher: Sendable {
    /// Starts one, on the supervisor's loop.
    func launch(_ kind: NumericsKind) throws(RouteGridError) -> any SlotPeer
}

/// Starts slots as child processes of the supervisor.
package struct ProcessSlotLauncher: SlotLauncher {
    /// The words of the command, such as `["routegrid", "slot"]`.
    package var command: [String]
    package var environment: [String: String]
    /// The executable; the first word by default.
    package var program: String

    package init(command: [String], environment: [String: String], program: String? = nil) {
        self.command = command
        self.environment = environment
        self.program = program ?? command[0]
    }

    package func launch(_ kind: NumericsKind) throws(RouteGridError) -> any SlotPeer {
        var environment = kind.environment(environment)
        // The crash report of Swift's runtime could print the contents of memory.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        return try SlotProcess(command: command, environment: environment, program: program)
    }
}

/// A slot as a child process.
///
/// Its descriptors: 0 nothing, 1 and 2 the supervisor's pipe, 3 the connection, 4 the progress page, and no others.
package final class SlotProcess: SlotPeer {
    package let descriptor: Int32
    package let errorDescriptor: Int32?
    package let progress: ProgressPage
    private let pid: pid_t
    private var ended: String?
    private var isOpen = true

    package init(
        command: [String],
        environment: [String: String],
        program: String? = nil
    ) throws(RouteGridError) {
        let program = program ?? command[0]
        let progress = try ProgressPage()
        var ends: [Int32] = [-1, -1]
        var pipe: [Int32] = [-1, -1]
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard nothing >= 0, cplatform_socket_pair(&ends) == 0, cplatform_pipe(&pipe) == 0 else {
            let number = errno
            for descriptor in [nothing] + ends + pipe where descriptor >= 0 { cplatform_close(descriptor) }
            throw RouteGridError(.system, "no descriptors for a slot process: \(String(cString: strerror(number)))")
        }
        let pid = withCStrings(command) { arguments in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
                let files = [nothing, pipe[1], pipe[1], ends[1], progress.descriptor]
                return cplatform_spawn(program, arguments, variables, files, Int32(files.count))
            }
        }
        let number = errno
        for descriptor in [nothing, pipe[1], ends[1]] { cplatform_close(descriptor) }
        guard pid > 0 else {
            for descriptor in [pipe[0], ends[0]] { cplatform_close(descriptor) }
            throw RouteGridError(
                .system,
                "the slot process \(program) does not start: \(String(cString: strerror(number)))"
            )
        }
        self.pid = pid
        self.progress = progress
        descriptor = ends[0]
        errorDescriptor = pipe[0]
    }

    deinit {
        kill()
        close()
    }

    package var residentBytes: Int64? {
        let bytes = cplatform_resident_bytes(pid)
        return bytes < 0 ? nil : bytes
    }

    package func kill() {
        // The id of a reaped process may belong to another process by now.
        if ended == nil { cplatform_kill_group(pid) }
    }

    package func ending() -> String? {
        if let ended { return ended }
        var status: Int32 = 0
        switch cplatform_reap(pid, &status) {
        case 0: return nil
        case 1:
            let signal = status & 0x7F
            ended = signal == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(signal) (\(name(ofSignal: signal)))"
        default: ended = "an unknown end"
        }
        return ended
    }

    package func limitMemory(_ bytes: UInt64) { _ = cplatform_limit_memory(pid, bytes) }

    package func close() {
        guard isOpen else { return }
        isOpen = false
        cplatform_close(descriptor)
        if let errorDescriptor { cplatform_close(errorDescriptor) }
    }

    private func name(ofSignal number: Int32) -> String {
        guard let text = strsignal(number) else { return "unknown" }
        return String(cString: text).lowercased()
    }
}

/// Calls `body` with a null-terminated array of C strings.
func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("an array with a null is never empty") }
        return body(base)
    }
}
