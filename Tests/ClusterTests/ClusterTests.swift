import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Coordinator, workers and clients as separate processes.
@Suite(.timeLimit(.minutes(5))) struct ClusterTests {
    /// A coordinator on a free port of this machine.
    struct Coordinator {
        let process: RunningCommand
        let url: String
        /// Kept: a coordinator whose state folder is removed ends.
        private let folder: TemporaryFolder

        init(
            in folder: TemporaryFolder,
            state: String = "state",
            bind: String = "tcp://127.0.0.1:*",
            more: [String] = []
        ) async throws {
            self.folder = folder
            process = try RunningCommand(["coordinator", "--bind", bind, "--state", state] + more, in: folder.path)
            url = try await process.firstLine()
        }

        func worker(_ folder: TemporaryFolder, slots: Int = 1) throws -> RunningCommand {
            try RunningCommand(["worker", "--connect", url, "--slots", "\(slots)"], in: folder.path)
        }

        /// Submits the folder's `grid.yaml`; gives the run's number.
        @discardableResult
        func submit(_ folder: TemporaryFolder) async throws -> String {
            let outcome = try await CommandLineTool.run("submit", "grid.yaml", "--connect", url, in: folder.path)
            #expect(outcome.status == 0, "\(outcome)")
            return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        /// Stops it in order.
        func stop() async -> Int32 {
            process.send(SIGTERM)
            return await process.ended()
        }
    }

    private func report(of run: String, at url: String) async throws -> JSONValue {
        let outcome = try await CommandLineTool.run("status", "--connect", url, "--output", "json")
        #expect(outcome.status == 0, "\(outcome)")
        let status = try JSONValue(parsing: outcome.output, place: "status")
        return try #require(status["runs"]?.arrayValue?.first { $0["run"] == .integer(Int64(run) ?? 0) })
    }

    /// The board's bytes of an undisturbed run.
    private func calm(_ folder: TemporaryFolder) async throws -> [String: Data] {
        let outcome = try await CommandLineTool.run(
            "run",
            "grid.yaml",
            "--workers",
            "1",
            "--state",
            "calm-state",
            "--out",
            "calm",
            in: folder.path
        )
        #expect(outcome.status == 0, "\(outcome)")
        return try hashedFiles(of: folder.path("calm"))
    }

    @Test(arguments: ["tcp://127.0.0.1:*", "ipc"])
    func `a worker killed in the middle costs nothing but time`(bind: String) async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 40))
        let address = bind == "ipc" ? "ipc://\(folder.path("c"))" : bind
        let coordinator = try await Coordinator(in: folder, bind: address)
        let victim = try coordinator.worker(folder, slots: 2)
        let run = try await coordinator.submit(folder)
        _ = try await eventually("the first records; \(victim.messages)") {
            try await (report(of: run, at: coordinator.url)["done"]?.integerValue ?? 0) > 0 ? true : nil
        }
        victim.send(SIGKILL)
        let survivor = try coordinator.worker(folder)
        let waited = try await CommandLineTool.run(
            "wait",
            run,
            "--connect",
            coordinator.url,
            "--timeout",
            "120",
            "--out",
            "out",
            in: folder.path
        )
        #expect(waited.status == 0, "\(waited)")
        #expect(try await hashedFiles(of: folder.path("out")) == calm(folder))
        survivor.send(SIGTERM)
        #expect(await survivor.ended() == 143, "\(survivor.messages)")
        #expect(await coordinator.stop() == 143, "\(coordinator.process.messages)")
    }

    @Test func `a signal that follows the first line at once ends the process in order`() async throws {
        for _ in 1...20 {
            let coordinator = try await Coordinator(in: TemporaryFolder())
            #expect(await coordinator.stop() == 143, "\(coordinator.process.messages)")
        }
    }

    @Test func `a slot killed under its cell costs one attempt of that cell`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 30))
        let coordinator = try await Coordinator(in: folder)
        let worker = try coordinator.worker(folder)
        let run = try await coordinator.submit(folder)
        let slot = try await eventually("a slot; \(worker.messages)") {
            Processes.children(of: worker.identifier).first { $0.words.contains("slot") }
        }
        kill(slot.identifier, SIGKILL)
        let waited = try await CommandLineTool.run(
            "wait",
            run,
            "--connect",
            coordinator.url,
            "--timeout",
            "120",
            "--out",
            "out",
            in: folder.path
        )
        #expect(waited.status == 0, "\(waited)")
        #expect(!worker.hasEnded)
        #expect(try await hashedFiles(of: folder.path("out")) == calm(folder))
    }

    @Test func `a worker that joins late gets a lease at once`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 2))
        let coordinator = try await Coordinator(in: folder)
        let run = try await coordinator.submit(folder)
        let early = try await CommandLineTool.run("wait", run, "--connect", coordinator.url, "--timeout", "0.5")
        #expect(early.status == 3, "\(early)")
        #expect(try await report(of: run, at: coordinator.url)["done"] == 0)
        let worker = try coordinator.worker(folder)
        let waited = try await CommandLineTool.run("wait", run, "--connect", coordinator.url, "--timeout", "60")
        #expect(waited.status == 0, "\(waited) \(worker.messages)")
    }

    @Test func `a coordinator that is killed and started again continues, and its workers with it`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 40))
        let socket = "ipc://\(folder.path("c"))"
        let first = try await Coordinator(in: folder, bind: socket)
        let worker = try first.worker(folder)
        let run = try await first.submit(folder)
        _ = try await eventually("the first records; \(worker.messages)") {
            try await (report(of: run, at: socket)["done"]?.integerValue ?? 0) > 0 ? true : nil
        }
        first.process.send(SIGKILL)
        _ = await first.process.ended()
        let second = try await Coordinator(in: folder, bind: socket)
        let waited = try await CommandLineTool.run(
            "wait",
            run,
            "--connect",
            socket,
            "--timeout",
            "120",
            "--out",
            "out",
            in: folder.path
        )
        #expect(waited.status == 0, "\(waited) \(second.process.messages)")
        #expect(!worker.hasEnded)
        #expect(try await hashedFiles(of: folder.path("out")) == calm(folder))
    }

    @Test func `a coordinator that is not there ends every client with 69`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 1))
        for command in [["status"], ["wait", "1"], ["submit", "grid.yaml"]] {
            let outcome = try await CommandLineTool.run(
                command + ["--connect", "ipc://\(folder.path("nobody"))", "--connect-timeout", "0.3"],
                in: folder.path
            )
            #expect(outcome.status == 69, "\(command): \(outcome)")
            #expect(outcome.lines.count == 1, "\(command): \(outcome)")
            #expect(outcome.messages.contains("has left a key for ipc://"), "\(outcome)")
        }
    }

    @Test func `a port and a state folder in use are told apart and end with 75`() async throws {
        let folder = try TemporaryFolder()
        let coordinator = try await Coordinator(in: folder)
        let port = try await CommandLineTool.run(
            "coordinator",
            "--bind",
            coordinator.url,
            "--state",
            "other",
            in: folder.path
        )
        #expect(port.status == 75, "\(port)")
        #expect(port.lines.count == 1 && port.messages.contains(coordinator.url), "\(port)")
        let state = try await CommandLineTool.run(
            "coordinator",
            "--bind",
            "tcp://127.0.0.1:*",
            "--state",
            "state",
            in: folder.path
        )
        #expect(state.status == 75, "\(state)")
        #expect(state.lines.count == 1 && state.messages.contains("state"), "\(state)")
    }
}
