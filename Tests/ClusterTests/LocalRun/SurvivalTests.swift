import ClusterTrials
import Foundation
import RouteGridBase
import TestSupport
import Testing

/// `routegrid run` while its processes are killed, its program replaced and its limits are narrow.
@Suite(.timeLimit(.minutes(10))) struct SurvivalTests {
    private static let grid = Grids.many(splits: 30)

    /// A grid folder with the files of an undisturbed run.
    private func calm(_ grid: String = grid) async throws -> (folder: TemporaryFolder, files: [String: Data]) {
        let folder = try await SmallData.grid(grid)
        let outcome = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--state", "calm", "--out", "calm-out"],
            in: folder.path
        )
        #expect(outcome.status == 0, "\(outcome)")
        return (folder, try hashedFiles(of: folder.path("calm-out")))
    }

    private func child(_ verb: String, of run: RunningCommand) async throws -> Int32 {
        try await eventually("a \(verb) and progress; \(run.messages)") {
            guard run.messages.contains("/360 cells") || run.hasEnded else { return nil }
            if run.hasEnded { return -1 }
            return Processes.children(of: run.identifier).first { $0.words.dropFirst().first == verb }?.identifier
        }
    }

    @Test(arguments: [SIGKILL, SIGTERM, SIGABRT])
    func `a coordinator that is killed is started again and the bytes are the same`(_ signal: Int32) async throws {
        let (folder, files) = try await calm()
        let running = try RunningCommand(
            ["run", "grid.yaml", "--workers", "2", "--state", "wild", "--out", "wild-out"],
            in: folder.path
        )
        for _ in 0..<3 {
            let victim = try await child("coordinator", of: running)
            guard victim > 0 else { break }
            kill(victim, signal)
            _ = try await eventually("another coordinator; \(running.messages)") {
                if running.hasEnded { return true }
                let now = Processes.children(of: running.identifier).filter { $0.words.contains("coordinator") }
                #expect(now.count <= 1)
                return now.contains { $0.identifier != victim } ? true : nil
            }
        }
        #expect(await running.ended() == 0, "\(running.messages)")
        #expect(running.messages.contains("coordinator was killed by signal \(signal); started again"))
        #expect(try hashedFiles(of: folder.path("wild-out")) == files)
    }

    @Test func `children end at once when their parent is killed, and its sockets are removed by the next one`()
        async throws
    {
        let folder = try await SmallData.grid(Self.grid)
        let temporary = folder.path("tmp")
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        let environment = ["TMPDIR": temporary, "XDG_RUNTIME_DIR": ""]
        let command = ["run", "grid.yaml", "--workers", "2", "--out", "out"]
        let running = try RunningCommand(command, in: folder.path, environment: environment)
        _ = try await child("worker", of: running)
        let children = Processes.children(of: running.identifier)
        let grandchildren = children.flatMap { Processes.children(of: $0.identifier) }
        #expect(children.count == 3 && grandchildren.count >= 2)
        kill(running.identifier, SIGKILL)
        #expect(await running.ended() == 128 + SIGKILL)
        let begun = ContinuousClock.now
        _ = try await eventually("the end of the children") {
            (children + grandchildren).allSatisfy { !Processes.isRunning($0) } ? true : nil
        }
        #expect(ContinuousClock.now - begun < .seconds(10))
        let outcome = try await CommandLineTool.run(command, in: folder.path, environment: environment)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try Leftovers.of(temporaryFolder: temporary) == [])
    }

    @Test func `a run goes on when its program is replaced while it works`() async throws {
        let (folder, files) = try await calm()
        let program = folder.path("program")
        try FileManager.default.copyItem(atPath: CommandLineTool.path, toPath: program)
        let running = try RunningCommand(
            ["run", "grid.yaml", "--workers", "1", "--state", "wild", "--out", "wild-out"],
            program: program,
            in: folder.path
        )
        let victim = try await child("worker", of: running)
        try FileManager.default.removeItem(atPath: program)
        try folder.write("#!/bin/sh\nexit 9\n", to: "program")
        if victim > 0 { kill(victim, SIGKILL) }
        #expect(await running.ended() == 0, "\(running.messages)")
        #expect(try hashedFiles(of: folder.path("wild-out")) == files)
    }

    @Test func `a run works with few descriptors, and with too few ends with a message`() async throws {
        let (folder, files) = try await calm()
        let enough = try RunningCommand(
            ["-c", "ulimit -n 64; exec \"$0\" \"$@\"", CommandLineTool.path]
                + ["run", "grid.yaml", "--workers", "2", "--state", "few", "--out", "few-out"],
            program: "/bin/sh",
            in: folder.path
        )
        #expect(await enough.ended() == 0, "\(enough.messages)")
        #expect(try hashedFiles(of: folder.path("few-out")) == files)
        let tooFew = try RunningCommand(
            ["-c", "ulimit -n 16; exec \"$0\" \"$@\"", CommandLineTool.path, "run", "grid.yaml", "--out", "x"],
            program: "/bin/sh",
            in: folder.path
        )
        #expect(await tooFew.ended() == 1)
        #expect(tooFew.messages.contains("ulimit -n"), "\(tooFew.messages)")
    }

    @Test func `too little address space gives a message and not a wait without end`() async throws {
        let folder = try await SmallData.grid(Self.grid)
        // What the program and its libraries map themselves is not little, in a debug build above all.
        for kilobytes in [700_000, 1_000_000, 1_400_000] {
            let running = try RunningCommand(
                ["-c", "ulimit -v \(kilobytes); exec \"$0\" \"$@\"", CommandLineTool.path]
                    + ["run", "grid.yaml", "--workers", "1", "--state", "s\(kilobytes)", "--out", "o\(kilobytes)"],
                program: "/bin/sh",
                in: folder.path
            )
            let status = await running.ended()
            #expect(status == 0 || status == 1, "\(kilobytes): \(status) \(running.messages)")
            #expect(status == 0 || running.messages.contains("routegrid: "), "\(running.messages)")
        }
    }

    @Test func `the coordinator never loads OpenBLAS, slots do`() async throws {
        let folder = try await SmallData.grid(Self.grid)
        let running = try RunningCommand(["run", "grid.yaml", "--workers", "1", "--out", "out"], in: folder.path)
        func maps(_ process: Int32) -> String {
            (try? String(contentsOfFile: "/proc/\(process)/maps", encoding: .utf8)) ?? ""
        }
        let coordinator = try await child("coordinator", of: running)
        guard coordinator > 0 else { return }
        let worker = try await child("worker", of: running)
        let slots = Processes.children(of: worker)
        let (ofCoordinator, ofSlots) = (maps(coordinator), slots.map { maps($0.identifier) })
        #expect(!ofCoordinator.isEmpty && !ofCoordinator.contains("openblas"))
        #expect(ofSlots.contains { $0.contains("openblas") })
        #expect(await running.ended() == 0, "\(running.messages)")
    }

    @Test func `all threads of a nice run are as nice as it is`() async throws {
        let folder = try await SmallData.grid(Self.grid)
        let running = try RunningCommand(
            ["-n", "10", CommandLineTool.path, "run", "grid.yaml", "--workers", "1", "--out", "out"],
            program: "/usr/bin/nice",
            in: folder.path
        )
        let worker = try await child("worker", of: running)
        guard worker > 0 else { return }
        let all =
            [running.identifier] + Processes.children(of: running.identifier).map(\.identifier)
            + Processes.children(of: worker).map(\.identifier)
        for process in all {
            for thread in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? [] {
                guard let number = UInt32(thread) else { continue }
                errno = 0
                let niceness = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), number)
                #expect(niceness >= 10 || errno != 0, "thread \(thread) of \(process): \(niceness)")
            }
        }
        #expect(await running.ended() == 0, "\(running.messages)")
    }
}

extension Processes {
    /// Whether a process is there and no zombie.
    static func isRunning(_ process: Processes) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process.identifier)/stat", encoding: .utf8),
            let state = stat.split(separator: ")").last?.split(separator: " ").first
        else { return false }
        return state != "Z"
    }
}
