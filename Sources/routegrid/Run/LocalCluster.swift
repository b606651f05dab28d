import Foundation
import RouteGridBase

/// A coordinator and workers as child processes of this one, on sockets in a private folder.
///
/// A process that dies is started again, a bounded number of times; what it held is handed out again by the coordinator.
final class LocalCluster {
    /// The coordinator's address.
    let url: String
    let workerCount: Int
    private let folder: SocketFolder
    private let logFolder: String
    private let commands: [(name: String, arguments: [String])]
    private var children: [ChildProcess] = []
    private var restartsLeft: Int
    private let console: Console

    /// Starts the processes.
    ///
    /// - Parameters:
    ///   - workers: How many workers of one slot each.
    ///   - stateFolder: The coordinator's; the processes' messages go to `logs/` in it.
    ///   - console: For what a person must know.
    /// - Throws: `system` when a folder cannot be made or a process not started.
    init(workers: Int, stateFolder: String, console: Console) throws(RouteGridError) {
        let folder = try SocketFolder()
        let url = folder.address("coordinator")
        (self.folder, self.url) = (folder, url)
        logFolder = stateFolder + "/logs"
        workerCount = workers
        self.console = console
        restartsLeft = 3 + 2 * workers
        do {
            try FileManager.default.createDirectory(atPath: logFolder, withIntermediateDirectories: true)
        } catch {
            folder.remove()
            throw RouteGridError(.system, "\(logFolder): cannot make this folder: \(error.localizedDescription)")
        }
        commands =
            [("coordinator", ["coordinator", "--bind", url, "--state", stateFolder])]
            + (1...workers).map { ("worker-\($0)", ["worker", "--connect", url, "--slots", "1"]) }
        do {
            for (name, arguments) in commands {
                unlink("\(logFolder)/\(name).log")
                children.append(try ChildProcess(name, arguments, logFolder: logFolder))
            }
        } catch {
            stop()
            throw error
        }
    }

    /// Starts again what died.
    ///
    /// - Throws: The child's own error when it ended by itself with an exit code, `system` when too many were killed.
    func tend() throws(RouteGridError) {
        for index in children.indices {
            guard let ending = children[index].poll() else { continue }
            let child = children[index]
            switch ending {
            case .exited(let code):
                let words = child.lastWords ?? "no message; see \(child.logPath)"
                let text = words.hasPrefix("routegrid: ") ? String(words.dropFirst("routegrid: ".count)) : words
                let kind = RouteGridError.Code(name: child.name, exitCode: code == 0 ? 1 : code)
                throw RouteGridError(kind, "\(child.name) ended with exit code \(code): \(text)")
            case .signalled(let signal):
                guard restartsLeft > 0 else {
                    throw RouteGridError(
                        .system,
                        "\(child.name) was killed by signal \(signal), and so were too many before it; see \(logFolder)"
                    )
                }
                restartsLeft -= 1
                console.note("\(child.name) was killed by signal \(signal); started again")
                children[index] = try ChildProcess(child.name, commands[index].arguments, logFolder: logFolder)
            }
        }
    }

    /// Stops workers, then the coordinator, and removes the sockets; harmless when it is said twice.
    func stop() {
        end(Array(children.dropFirst()))
        end(Array(children.prefix(1)))
        children = []
        folder.remove()
    }

    /// SIGTERM, 20 seconds to end in order, SIGKILL.
    private func end(_ group: [ChildProcess]) {
        for child in group { child.send(SIGTERM) }
        let deadline = ContinuousClock.now + .seconds(20)
        while group.contains(where: { $0.poll() == nil }) {
            if ContinuousClock.now >= deadline {
                for child in group { child.send(SIGKILL) }
            }
            usleep(5_000)
        }
    }
}
