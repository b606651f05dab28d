import Foundation
import RouteGridBase
import Worker

/// A coordinator and workers as child processes of this one, on sockets in a private folder.
///
/// A process that is killed is restarted, a bounded number of times without progress; the coordinator grants its cells
/// again, and what was recorded is on disk. A lock makes calls from several threads run one after the other.
final class LocalCluster: Sendable {
    private struct State {
        var children: [ChildProcess] = []
        /// Restarts since the last progress.
        var restarts = 0
        var progress = 0
        var isStopped = false
        /// The number of the action in ``ExitHooks``.
        var hook = 0
    }

    /// The coordinator's address.
    let url: String
    let workerCount: Int
    let logs: RunLogs
    private let stateFolder: String
    private let folder: SocketFolder
    private let commands: [(name: String, arguments: [String])]
    private let console: Console
    private let state = LockedBox(State())

    /// Starts the processes.
    ///
    /// - Parameters:
    ///   - workers: How many workers of one slot each.
    ///   - stateFolder: The coordinator's; the processes' messages are logged in its `logs/`.
    ///   - console: For messages to people.
    ///   - workerOptions: Further options of every worker.
    /// - Throws: `system` when a folder cannot be created or a process not started.
    init(
        workers: Int,
        stateFolder: String,
        console: Console,
        workerOptions: [String] = []
    ) throws(RouteGridError) {
        try PrivateFolder.make(stateFolder, what: "state folder", option: "--state")
        let folder = try SocketFolder()
        let url = folder.address("coordinator")
        (self.folder, self.url, self.stateFolder) = (folder, url, stateFolder)
        workerCount = workers
        self.console = console
        logs = RunLogs(stateFolder: stateFolder)
        // A worker that is stopped releases what it computes at once: waiting for it would keep a person waiting.
        let gpus = GPUList.ofThisMachine()
        let worker = ["worker", "--connect", url, "--slots", "1", "--drain-grace", "0.1"] + workerOptions
        commands =
            [("coordinator", ["coordinator", "--bind", url, "--state", stateFolder])]
            + (1...workers).map { ("worker-\($0)", worker + ["--gpus", gpus.part($0 - 1, of: workers).text]) }
        let hook = ExitHooks.add { [weak self] in self?.stop(isUrgent: true) }
        do {
            try state.withLock { state throws(RouteGridError) in
                state.hook = hook
                for index in commands.indices { state.children.append(try start(index)) }
            }
        } catch {
            stop()
            throw error
        }
    }

    /// Only a coordinator has something to clean up when this process is gone.
    private func start(_ index: Int) throws(RouteGridError) -> ChildProcess {
        let (name, arguments) = commands[index]
        let signal = index == 0 ? SIGTERM : SIGKILL
        return try ChildProcess(name, arguments, log: logs.file(of: name), endingWith: signal)
    }

    /// Restarts killed processes.
    ///
    /// - Parameter done: How many cells are recorded, as far as is known.
    /// - Returns: Whether the coordinator was replaced.
    /// - Throws: The child's own error when it ended by itself with an exit code, `system` when too many were killed.
    func tend(done: Int? = nil) throws(RouteGridError) -> Bool {
        try state.withLock { state throws(RouteGridError) in try tend(&state, done) }
    }

    private func tend(_ state: inout State, _ done: Int?) throws(RouteGridError) -> Bool {
        if let done, done > state.progress { (state.progress, state.restarts) = (done, 0) }
        var isReplaced = false
        for index in state.children.indices where !state.isStopped {
            guard let ending = state.children[index].poll() else { continue }
            let child = state.children[index]
            guard let signal = ending.signal else { throw failure(child, ending) }
            guard access(stateFolder, F_OK) == 0 else { throw LocalCluster.lost(stateFolder) }
            guard state.restarts < 8 + 2 * workerCount else {
                throw RouteGridError(
                    .system,
                    "\(child.name) was killed by signal \(signal), and \(state.restarts) processes before it without any "
                        + "progress; see \(logs.folder)"
                )
            }
            state.restarts += 1
            console.note("\(child.name) was killed by signal \(signal); started again")
            state.children[index] = try start(index)
            if index == 0 { isReplaced = true }
        }
        return isReplaced
    }

    private func failure(_ child: ChildProcess, _ ending: ChildProcess.Ending) -> RouteGridError {
        guard case .exited(let code) = ending else { preconditionFailure("a signal starts it again") }
        let words = child.lastLine ?? "no message; see \(logs.file(of: child.name))"
        let text = words.hasPrefix("routegrid: ") ? String(words.dropFirst("routegrid: ".count)) : words
        let kind = RouteGridError.Code(name: child.name, exitCode: code == 0 ? 1 : code)
        return RouteGridError(kind, "\(child.name) ended with exit code \(code): \(text)")
    }

    /// The error for a state folder that is gone.
    static func lost(_ folder: String) -> RouteGridError {
        RouteGridError(.system, "\(folder): the state folder is gone, and with it what was recorded")
    }

    /// Stops workers, then the coordinator, and removes the sockets; a second call does nothing.
    ///
    /// - Parameter isUrgent: A person waits: what does not end soon is killed, which loses nothing that is recorded.
    func stop(isUrgent: Bool = false) {
        state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            end(Array(state.children.dropFirst()), within: isUrgent ? .milliseconds(250) : .seconds(2))
            end(Array(state.children.prefix(1)), within: isUrgent ? .seconds(2) : .seconds(20))
            state.children = []
            folder.remove()
            ExitHooks.remove(state.hook)
        }
    }

    /// SIGTERM, some time for an orderly end, SIGKILL.
    ///
    /// A worker loses nothing that is not computed again.
    private func end(_ group: [ChildProcess], within patience: Duration) {
        for child in group { child.send(SIGTERM) }
        let deadline = ContinuousClock.now + patience
        while group.contains(where: { $0.poll() == nil }) {
            if ContinuousClock.now >= deadline {
                for child in group { child.send(SIGKILL) }
            }
            usleep(2_000)
        }
    }
}
