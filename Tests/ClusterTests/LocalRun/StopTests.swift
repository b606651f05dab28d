import Foundation
import RouteGridBase
import TestSupport
import Testing

/// How `run` ends before its end, and what it leaves then.
@Suite(.timeLimit(.minutes(5))) struct StopTests {
    private func folder() async throws -> (TemporaryFolder, [String: String]) {
        let folder = try await SmallData.grid(Grids.many(splits: 30))
        let temporary = folder.path("tmp")
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        return (folder, ["TMPDIR": temporary, "XDG_RUNTIME_DIR": ""])
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    func `a signal ends a run soon, with a message and nothing left behind`(_ signal: Int32) async throws {
        let (folder, environment) = try await folder()
        let running = try RunningCommand(
            ["run", "grid.yaml", "--workers", "2", "--out", "out"],
            in: folder.path,
            environment: environment
        )
        _ = try await eventually("progress; \(running.messages)") {
            running.messages.contains("/360 cells") || running.hasEnded ? true : nil
        }
        running.send(signal)
        #expect(await running.ended() == 128 + signal, "\(running.messages)")
        #expect(running.messages.contains("stopped by SIG") && running.messages.contains("cells are recorded"))
        #expect(try Leftovers.of(temporaryFolder: folder.path("tmp")) == [])
        #expect(Processes.children(of: running.identifier).isEmpty)
    }

    @Test func `nohup keeps a run going when its terminal is closed`() async throws {
        let (folder, environment) = try await folder()
        let running = try RunningCommand(
            [CommandLineTool.path, "run", "grid.yaml", "--workers", "1", "--out", "out"],
            program: "/usr/bin/nohup",
            in: folder.path,
            environment: environment
        )
        _ = try await eventually("progress; \(running.messages)") {
            running.messages.contains("/360 cells") || running.hasEnded ? true : nil
        }
        running.send(SIGHUP)
        #expect(await running.ended() == 0, "\(running.messages)")
    }

    @Test func `workers on TCP leave no lock files behind`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 2))
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let worker = try coordinator.worker(folder)
        try await coordinator.submit(folder)
        let waited = try await CommandLineTool.run("wait", "1", "--connect", coordinator.url, "--timeout", "60")
        #expect(waited.status == 0, "\(waited)")
        let digest = Digest(hashing: Array(coordinator.url.utf8)).hex
        let files = "/tmp/routegrid-\(getuid())-\(digest.prefix(8))"
        #expect(FileManager.default.fileExists(atPath: files + ".door"))
        worker.send(SIGTERM)
        _ = await worker.ended()
        #expect(!FileManager.default.fileExists(atPath: files + ".door"))
        #expect(!FileManager.default.fileExists(atPath: files + ".room"))
    }

    @Test func `a name that is not UTF-8 is refused and nothing else is used in its place`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 1))
        let before = try folder.names()
        for words in [
            "run grid.yaml --state s --out \"$(printf 'o\\351')\"",
            "run grid.yaml --out o --state \"$(printf 's\\377')\"",
            "data show \"$(printf 'd\\351')\"", "plan \"$(printf '\\300\\200.yaml')\"",
        ] {
            let running = try RunningCommand(
                ["-c", "exec \"$0\" \(words)", CommandLineTool.path],
                program: "/bin/sh",
                in: folder.path
            )
            #expect(await running.ended() == 64, "\(words)")
            #expect(running.messages.contains("is not UTF-8"), "\(running.messages)")
            #expect(running.messages.contains("\\x"), "\(running.messages)")
        }
        #expect(try folder.names() == before)
    }

    @Test func `a closed or full stdout gives a message and an exit code, and no child is left`() async throws {
        let (folder, environment) = try await folder()
        func run(_ redirection: String) async throws -> (status: Int32, messages: String) {
            let running = try RunningCommand(
                ["-c", "exec \"$0\" run grid.yaml --workers 1 --out out \(redirection)", CommandLineTool.path],
                program: "/bin/sh",
                in: folder.path,
                environment: environment
            )
            return (await running.ended(), running.messages)
        }
        let closed = try await run(">&-")
        #expect(closed.status == 1 && closed.messages.contains("stdout cannot be written"), "\(closed)")
        let full = try await run(">/dev/full")
        #expect(full.status == 75 && full.messages.contains("stdout cannot be written"), "\(full)")
        #expect(try Leftovers.of(temporaryFolder: folder.path("tmp")) == [])
    }

    @Test func `a state folder that vanishes ends the run with a message`() async throws {
        let (folder, environment) = try await folder()
        let running = try RunningCommand(
            ["run", "grid.yaml", "--workers", "1", "--out", "out"],
            in: folder.path,
            environment: environment
        )
        _ = try await eventually("progress; \(running.messages)") {
            running.messages.contains("/360 cells") || running.hasEnded ? true : nil
        }
        try FileManager.default.moveItem(atPath: folder.path("state"), toPath: folder.path("elsewhere"))
        #expect(await running.ended() == 1, "\(running.messages)")
        #expect(running.messages.contains("state folder"), "\(running.messages)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("out/leaderboard.md")))
    }
}
