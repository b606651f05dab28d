import Foundation
import RouteGridBase
import TestSupport
import Testing

/// `routegrid run`: one command from a grid file to a board.
@Suite(.timeLimit(.minutes(5))) struct RunTests {
    @Test func `one worker and four give the same bytes`() async throws {
        let folder = try await SmallData.grid(Grids.all)
        for workers in ["1", "4"] {
            let outcome = try await CommandLineTool.run(
                "run",
                "grid.yaml",
                "--workers",
                workers,
                "--state",
                "state-\(workers)",
                "--out",
                "out-\(workers)",
                in: folder.path
            )
            #expect(outcome.status == 0, "\(outcome)")
        }
        let (one, four) = (try hashedFiles(of: folder.path("out-1")), try hashedFiles(of: folder.path("out-4")))
        #expect(Set(one.keys) == Set(four.keys))
        for name in one.keys.sorted() { #expect(one[name] == four[name], "\(name)") }
        for name in [
            "grid.lock.json", "records.jsonl", "comparisons.csv", "comparisons.json", "frontier.csv", "frontier.json",
            "leaderboard.csv", "leaderboard.md", "report.html", "frontier.svg", "slices.csv",
        ] {
            #expect(one[name]?.isEmpty == false, "\(name)")
        }
        #expect(one.keys.contains { $0.hasPrefix("blobs/") })

        // The pure function over the records gives the board again.
        let again = try await CommandLineTool.run("aggregate", "out-1", "--out", "again", in: folder.path)
        #expect(again.status == 0, "\(again)")
        #expect(try hashedFiles(of: folder.path("again")) == one)
    }

    @Test func `native numerics are the machine's own, whatever kernels the shell pins`() async throws {
        let folder = try await SmallData.grid("numerics: native\n" + Grids.many(splits: 1))
        let outcome = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--out", "out"],
            in: folder.path,
            environment: ["OPENBLAS_CORETYPE": "Nehalem"]
        )
        #expect(outcome.status == 0, "\(outcome)")
        let lock = try String(contentsOfFile: folder.path("out/grid.lock.json"), encoding: .utf8)
        #expect(!lock.lowercased().contains("nehalem"))
    }

    @Test func `an unchanged grid computes nothing and gives the same bytes`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 2))
        let first = try await CommandLineTool.run("run", "grid.yaml", "--workers", "2", "--out", "a", in: folder.path)
        #expect(first.status == 0, "\(first)")
        let second = try await CommandLineTool.run("run", "grid.yaml", "--workers", "2", "--out", "b", in: folder.path)
        #expect(second.status == 0, "\(second)")
        #expect(second.messages.contains("24 reused"), "\(second)")
        #expect(try hashedFiles(of: folder.path("a")) == hashedFiles(of: folder.path("b")))
    }

    @Test func `a board is made again when something that it is made from has changed, or a file of it, and only then`()
        async throws
    {
        let folder = try await SmallData.grid(Grids.many(splits: 2))
        let page = folder.path("out/leaderboard.md")
        func run() async throws -> (output: String, written: AnyHashable?) {
            let outcome = try await CommandLineTool.run(
                "run",
                "grid.yaml",
                "--workers",
                "1",
                "--out",
                "out",
                in: folder.path
            )
            #expect(outcome.status == 0, "\(outcome)")
            let attributes = try FileManager.default.attributesOfItem(atPath: page)
            return (outcome.output, attributes[.systemFileNumber] as? AnyHashable)
        }
        let first = try await run()
        let files = try hashedFiles(of: folder.path("out"))
        let second = try await run()
        #expect(second.written == first.written)
        #expect(second.output == first.output)

        try Data("cut off".utf8).write(to: URL(fileURLWithPath: folder.path("out/frontier.csv")))
        #expect(try await run().written != first.written)
        #expect(try hashedFiles(of: folder.path("out")) == files)

        try FileManager.default.removeItem(
            atPath: folder.path("out/" + #require(files.keys.first { $0.hasPrefix("blobs/") }))
        )
        _ = try await run()
        #expect(try hashedFiles(of: folder.path("out")) == files)

        let grid = Grids.many(splits: 2) + "\nstatistics: {bootstrap: 50, alpha: 0.05, cluster: sample, seed: 1}\n"
        try Data(grid.utf8).write(to: URL(fileURLWithPath: folder.path("grid.yaml")))
        let third = try await run()
        #expect(third.output != first.output)
        #expect(third.output.contains("50 paired resamples"))
    }

    @Test func `a run that is interrupted ends in order and goes on when it is started again`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 60))
        let command = ["run", "grid.yaml", "--workers", "1", "--out", "out"]
        let running = try RunningCommand(command, in: folder.path)
        // The first line of progress: the next one comes after five seconds, when a quick machine has finished.
        _ = try await eventually("progress; \(running.messages)") {
            running.messages.contains("/720 cells") || running.hasEnded ? true : nil
        }
        running.send(SIGINT)
        #expect(await running.ended() == 130, "\(running.messages)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("out/leaderboard.md")))
        let outcome = try await CommandLineTool.run(command, in: folder.path)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.messages.contains("goes on"), "\(outcome)")
    }

    @Test func `workers that are killed are started again and the bytes are the same`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 40))
        let calm = try await CommandLineTool.run(
            "run",
            "grid.yaml",
            "--workers",
            "1",
            "--state",
            "calm",
            "--out",
            "calm-out",
            in: folder.path
        )
        #expect(calm.status == 0, "\(calm)")
        let running = try RunningCommand(
            ["run", "grid.yaml", "--workers", "2", "--state", "wild", "--out", "wild-out"],
            in: folder.path
        )
        for _ in 0..<3 {
            let victim = try await eventually("a worker to kill; \(running.messages)") {
                running.hasEnded
                    ? -1 : Processes.children(of: running.identifier).first { $0.words.contains("worker") }?.identifier
            }
            guard victim > 0 else { break }
            kill(victim, SIGKILL)
        }
        #expect(await running.ended() == 0, "\(running.messages)")
        #expect(try hashedFiles(of: folder.path("wild-out")) == hashedFiles(of: folder.path("calm-out")))
    }

    @Test func `a bad grid ends with 65 and leaves neither state nor output`() async throws {
        let folder = try await SmallData.grid(Grids.all.replacing("kind: oracle", with: "kind: oracel"))
        let outcome = try await CommandLineTool.run(
            "run",
            "grid.yaml",
            "--state",
            "state",
            "--out",
            "out",
            in: folder.path
        )
        #expect(outcome.status == 65)
        #expect(outcome.lines.count == 1, "\(outcome)")
        #expect(outcome.messages.contains("did you mean \"oracle\"?"), "\(outcome)")
        #expect(try folder.names() == ["data", "grid.yaml", "image.npy", "outcomes.csv", "text.npy"])
    }
}
