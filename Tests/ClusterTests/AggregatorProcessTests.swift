import Foundation
import RouteGridBase
import TestSupport
import Testing

/// The aggregator as a process of its own.
@Suite(.timeLimit(.minutes(5))) struct AggregatorProcessTests {
    @Test func `it follows a run, is killed on the way, and ends with the bytes of the run's board`()
        async throws
    {
        let folder = try await SmallData.grid(Grids.many(splits: 20))
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let worker = try coordinator.worker(folder)
        let command = ["aggregator", "--connect", coordinator.url, "--out", "boards", "--every", "0.1"]
        let first = try RunningCommand(command, in: folder.path)
        try await coordinator.submit(folder)
        _ = try await first.firstLine()
        first.send(SIGKILL)
        _ = await first.ended()

        let second = try RunningCommand(command, in: folder.path)
        let waited = try await CommandLineTool.run(
            "wait",
            "1",
            "--connect",
            coordinator.url,
            "--timeout",
            "120",
            "--out",
            "out",
            in: folder.path
        )
        #expect(waited.status == 0, "\(waited) \(worker.messages)")
        // The report names the grid, which a follower of all grids has not.
        let ofGrid: Set = ["grid.lock.json", "report.html", "MANIFEST.sha256"]
        let expected = try hashedFiles(of: folder.path("out")).filter { !ofGrid.contains($0.key) }
        let rows = try JSONValue(parsing: try #require(expected["leaderboard.json"]), place: "leaderboard.json")["rows"]
        #expect(rows?.arrayValue?.contains { $0["rank"]?.arrayValue?.count == 2 } == true)
        let board = try await eventually("the whole board; \(second.messages)") { () -> String? in
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("boards"))
            guard let name = names.first(where: { $0.hasPrefix("sound@") }) else { return nil }
            let path = folder.path("boards/\(name)")
            return FileManager.default.contents(atPath: path + "/records.jsonl") == expected["records.jsonl"]
                ? path : nil
        }
        second.send(SIGTERM)
        #expect(await second.ended() == 143, "\(second.messages)")
        #expect(FileManager.default.contents(atPath: board + "/report.html")?.isEmpty == false)
        let kept = try hashedFiles(of: board).filter { !ofGrid.contains($0.key) }
        #expect(Set(kept.keys) == Set(expected.keys))
        for name in expected.keys.sorted() { #expect(kept[name] == expected[name], "\(name)") }
    }
}
