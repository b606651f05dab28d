import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Which folders are used and made, and whose files stay.
@Suite(.timeLimit(.minutes(5))) struct FoldersTests {
    @Test func `without --state and --out a run makes folders only where the grid file is`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 1))
        let before = try folder.names()
        try FileManager.default.createDirectory(atPath: folder.path("elsewhere"), withIntermediateDirectories: true)
        let places: [(place: String, grid: String, environment: [String: String])] = [
            ("/", folder.path("grid.yaml"), [:]), (folder.path("elsewhere"), "../grid.yaml", [:]),
            (folder.path, "grid.yaml", ["HOME": folder.path]),
        ]
        for (place, grid, environment) in places {
            for given in [[], ["--state", folder.path("s")], ["--out", folder.path("o")]] {
                let outcome = try await CommandLineTool.run(
                    ["run", grid, "--workers", "1"] + given,
                    in: place,
                    environment: environment
                )
                #expect(outcome.status == 64, "\(place) \(given): \(outcome)")
                for option in ["--state", "--out"] where !given.contains(option) {
                    #expect(outcome.messages.contains("\(option) DIR"), "\(outcome)")
                }
            }
            let both = try await CommandLineTool.run(
                ["run", grid, "--workers", "1", "--state", folder.path("s"), "--out", folder.path("o")],
                in: place,
                environment: environment
            )
            #expect(both.status == 0, "\(both)")
        }
        let made = try folder.names()
        #expect(Set(made).subtracting(before) == ["elsewhere", "s", "o"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("elsewhere")).isEmpty)
        let coordinator = try await CommandLineTool.run(["coordinator", "--bind", "tcp://127.0.0.1:*"], in: "/")
        #expect(coordinator.status == 64, "\(coordinator)")
    }

    @Test(arguments: ["leaderboard.md", "records.jsonl", "runs.jsonl", "grid.lock.json", "blobs/note"])
    func `a file that routegrid did not write is not overwritten`(_ name: String) async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 1))
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: folder.path("out/" + name)).deletingLastPathComponent().path,
            withIntermediateDirectories: true
        )
        try folder.write("mine", to: "out/" + name)
        let outcome = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--out", "out"],
            in: folder.path
        )
        #expect(outcome.status == 64, "\(outcome)")
        #expect(outcome.messages.contains("was not written by routegrid"), "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("state")))
        #expect(try String(contentsOfFile: folder.path("out/" + name), encoding: .utf8) == "mine")
        try folder.write("no folder", to: "file")
        let file = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--out", "file"],
            in: folder.path
        )
        #expect(file.status == 64, "\(file)")
    }

    @Test func `other files beside a board stay, and earlier boards without a mark are replaced`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 1))
        let command = ["run", "grid.yaml", "--workers", "1", "--out", "out"]
        try FileManager.default.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: true)
        try folder.write("mine", to: "out/notes.md")
        #expect(try await CommandLineTool.run(command, in: folder.path).status == 0)
        try FileManager.default.removeItem(atPath: folder.path("out/.routegrid"))
        try folder.write("changed", to: "out/leaderboard.md")
        let again = try await CommandLineTool.run(command, in: folder.path)
        #expect(again.status == 0, "\(again)")
        #expect(try String(contentsOfFile: folder.path("out/notes.md"), encoding: .utf8) == "mine")
        #expect(try String(contentsOfFile: folder.path("out/leaderboard.md"), encoding: .utf8) != "changed")
    }

    @Test func `a second run on a busy state folder ends with 75 and leaves the first one's logs alone`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 30))
        let first = try RunningCommand(["run", "grid.yaml", "--workers", "1", "--out", "out"], in: folder.path)
        _ = try await eventually("progress; \(first.messages)") {
            first.messages.contains("/360 cells") || first.hasEnded ? true : nil
        }
        func logs() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.path("state/logs")).sorted()
        }
        let before = try logs()
        #expect(before.count == 1)
        let second = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--out", "out-2"],
            in: folder.path
        )
        if !first.hasEnded {
            #expect(second.status == 75 && second.messages.contains("another coordinator uses"), "\(second)")
            #expect(try logs() == before)
            // Its address stands in the folder.
            let status = try await CommandLineTool.run(["status", "--state", "state"], in: folder.path)
            #expect(status.status == 0 && status.output.contains("many"), "\(status)")
        }
        #expect(await first.ended() == 0, "\(first.messages)")
        let third = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--out", "out"],
            in: folder.path
        )
        #expect(third.status == 0, "\(third)")
        #expect(try logs().count == 2)
    }
}
