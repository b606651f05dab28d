import ClusterTrials
import Foundation
import RouteGridBase
import TestSupport
import Testing

/// What a person finds out about a run that failed, after it and without a coordinator.
@Suite(.timeLimit(.minutes(5))) struct FailureReportTests {
    /// Fits that take too long beside some that do not.
    private static let grid = """
        name: broken
        datasets:
          small: {path: data}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1, index: [0, 1]}]
        modality: [text]
        routers:
          - {kind: oracle}
          - {kind: mlp, epochs: [900000, 1000000]}
        budgets: {rule: threshold, at: [1x]}
        limits: {fit_timeout: 1s, retries: 0}
        """

    @Test func `failures are grouped, written beside the board, and the advice works as it is printed`() async throws {
        let folder = try await SmallData.grid(Self.grid)
        let state = "a state"
        let outcome = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "2", "--state", state, "--out", "out"],
            in: folder.path
        )
        #expect(outcome.status == 2, "\(outcome)")
        let advice = try #require(outcome.messages.firstMatch(of: /routegrid (status --failures .*)\n/)?.output.1)
        let told = try RunningCommand(
            ["-c", "exec \"$0\" \(advice)", CommandLineTool.path],
            program: "/bin/sh",
            in: folder.path
        )
        #expect(await told.ended() == 0, "\(told.messages)")
        #expect(told.output.contains("epochs 1000000") && told.output.contains("epochs 900000"), "\(told.output)")
        #expect(told.output.contains("timeout"), "\(told.output)")
        // Two groups of two cells.
        #expect(told.output.split(separator: "\n").count == 3, "\(told.output)")
        let one = try #require(outcome.messages.firstMatch(of: /routegrid (explain .*)\n/)?.output.1)
        let explained = try RunningCommand(
            ["-c", "exec \"$0\" \(one)", CommandLineTool.path],
            program: "/bin/sh",
            in: folder.path
        )
        #expect(await explained.ended() == 0, "\(explained.messages)")
        #expect(explained.output.contains("took longer than"), "\(explained.output)")

        let text = try String(contentsOfFile: folder.path("out/failures.jsonl"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 4)
        for line in lines {
            let failure = try JSONValue(parsing: line.utf8, place: "failures.jsonl")
            #expect(failure["router"] == "mlp" && failure["dataset"] == "small" && failure["kind"] == "timeout")
        }
        let manifest = try String(contentsOfFile: folder.path("out/MANIFEST.sha256"), encoding: .utf8)
        #expect(!manifest.contains("failures.jsonl"))
    }

    @Test func `status, explain and plan read a state folder at rest, and change nothing in it`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 2))
        let ran = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--out", "out"],
            in: folder.path
        )
        #expect(ran.status == 0, "\(ran)")
        // The log of a store that is read is there while it is read, and may stay.
        func names() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.path("state")).sorted()
                .filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
        }
        let before = try names()
        for words in [["status", "--state", "state"], ["status"]] {
            let status = try await CommandLineTool.run(words, in: folder.path)
            #expect(status.status == 0, "\(status)")
            #expect(status.output.contains("finished") && status.output.contains("24"), "\(status)")
        }
        let explained = try await CommandLineTool.run("explain", "last/3", "--state", "state", in: folder.path)
        #expect(explained.status == 0 && explained.output.contains("its record is on disk"), "\(explained)")
        let absent = try await CommandLineTool.run("explain", "last/99", "--state", "state", in: folder.path)
        #expect(absent.status == 64, "\(absent)")
        let planned = try await CommandLineTool.run("plan", "grid.yaml", in: folder.path)
        #expect(planned.output.contains("recorded  24"), "\(planned)")
        let nowhere = try await CommandLineTool.run("status", "--state", "no", in: folder.path)
        #expect(nowhere.status == 65 && nowhere.messages.contains("no such folder"), "\(nowhere)")
        let both = try await CommandLineTool.run("status", "--state", "a", "--connect", "tcp://127.0.0.1:1")
        #expect(both.status == 64, "\(both)")
        #expect(try names() == before)
    }

    @Test func `a board of what is recorded so far can be had while a run works`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 30))
        let running = try RunningCommand(["run", "grid.yaml", "--workers", "1", "--out", "out"], in: folder.path)
        _ = try await eventually("progress; \(running.messages)") {
            running.messages.contains("/360 cells") || running.hasEnded ? true : nil
        }
        let partial = try await CommandLineTool.run(
            ["wait", "last", "--state", "state", "--timeout", "0", "--out", "so-far"],
            in: folder.path
        )
        if !running.hasEnded {
            #expect(partial.status == 3, "\(partial)")
            #expect(FileManager.default.fileExists(atPath: folder.path("so-far/leaderboard.md")))
        }
        #expect(await running.ended() == 0, "\(running.messages)")
    }

    @Test func `a full state disk is announced, and so is its end`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 30))
        let disk = try SmallDisk(at: folder.path("disk"), megabytes: 64)
        if let refusal = disk.refusal { return print("not tried: \(refusal)") }
        let running = try RunningCommand(
            ["run", "grid.yaml", "--workers", "1", "--state", "disk/state", "--out", "out"],
            in: folder.path
        )
        _ = try await eventually("progress; \(running.messages)") {
            running.messages.contains("/360 cells") || running.hasEnded ? true : nil
        }
        disk.fill()
        _ = try await eventually("the announcement; \(running.messages)") {
            running.messages.contains("results wait at their workers") || running.hasEnded ? true : nil
        }
        if !running.hasEnded {
            let status = try await CommandLineTool.run(["status", "--state", "disk/state"], in: folder.path)
            #expect(status.messages.contains("results wait at their workers"), "\(status)")
        }
        disk.free()
        #expect(await running.ended() == 0, "\(running.messages)")
        #expect(running.messages.contains("results are written again"), "\(running.messages)")
        withExtendedLifetime(disk) {}
    }

    @Test func `a run that finds its disk full at the start reports it and ends with 75`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 2))
        let disk = try SmallDisk(at: folder.path("disk"), megabytes: 1)
        if let refusal = disk.refusal { return print("not tried: \(refusal)") }
        disk.fill()
        let outcome = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--state", "disk/state", "--out", "out"],
            in: folder.path
        )
        #expect(outcome.status == 75, "\(outcome)")
        #expect(outcome.messages.contains("disk/state") && !outcome.messages.contains("no message"), "\(outcome)")
        withExtendedLifetime(disk) {}
    }
}
