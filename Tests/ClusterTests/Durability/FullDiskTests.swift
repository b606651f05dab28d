import ClusterTrials
import Foundation
import RouteGridBase
import TestSupport
import Testing

/// A state folder on a small disk that is filled to its last byte.
@Suite(.timeLimit(.minutes(5))) struct FullDiskTests {
    private func store(at url: String) async throws -> JSONValue {
        let outcome = try await CommandLineTool.run("status", "--connect", url, "--output", "json")
        return try JSONValue(parsing: outcome.output, place: "status")["store"] ?? .null
    }

    @Test func `results wait at their workers while the disk is full, and are recorded when there is space again`()
        async throws
    {
        let folder = try await SmallData.grid(Grids.many(splits: 60))
        let disk = try SmallDisk(at: folder.path("disk"), megabytes: 64)
        if let refusal = disk.refusal { return print("not tried: \(refusal)") }
        let coordinator = try await ClusterTests.Coordinator(in: folder, state: "disk/state")
        let url = coordinator.url
        try await coordinator.submit(folder)
        disk.fill()
        let worker = try coordinator.worker(folder)
        _ = try await eventually("the stall; \(coordinator.process.messages)") {
            try await store(at: url)["stalled"] == true ? true : nil
        }
        let records = try await store(at: url)["committed"]
        // Nothing can be submitted, and nothing ends.
        let another = try await CommandLineTool.run("submit", "grid.yaml", "--connect", url, in: folder.path)
        #expect(another.status == 75, "\(another)")
        #expect(!worker.hasEnded && !coordinator.process.hasEnded)
        #expect(try await store(at: url)["committed"] == records)
        disk.free()
        let waited = try await CommandLineTool.run(
            ["wait", "1", "--connect", url, "--timeout", "120", "--out", "out"],
            in: folder.path
        )
        #expect(waited.status == 0, "\(waited) \(coordinator.process.messages)")
        #expect(await coordinator.stop() == 143, "\(coordinator.process.messages)")
        let calm = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--state", "calm-state", "--out", "calm"],
            in: folder.path
        )
        #expect(calm.status == 0, "\(calm)")
        #expect(try hashedFiles(of: folder.path("out")) == hashedFiles(of: folder.path("calm")))
        withExtendedLifetime(disk) {}
    }

    @Test func `a coordinator does not start on a full disk, reports why, and starts when there is space`() async throws
    {
        let folder = try TemporaryFolder()
        let disk = try SmallDisk(at: folder.path("disk"), megabytes: 4)
        if let refusal = disk.refusal { return print("not tried: \(refusal)") }
        let command = ["coordinator", "--bind", "tcp://127.0.0.1:*", "--state", "disk/state"]
        disk.fill()
        let full = try await CommandLineTool.run(command, in: folder.path)
        #expect(full.status == 75, "\(full)")
        #expect(full.lines.count == 1 && full.messages.contains("disk/state"), "\(full)")
        disk.free()
        let coordinator = try await ClusterTests.Coordinator(in: folder, state: "disk/state")
        #expect(await coordinator.stop() == 143)
        withExtendedLifetime(disk) {}
    }

    @Test func `a damaged store is refused with the way out, and doctor finds it`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 4))
        let ran = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--out", "out"],
            in: folder.path
        )
        #expect(ran.status == 0, "\(ran)")
        let healthy = try await CommandLineTool.run("doctor", "--state", "state", in: folder.path)
        #expect(healthy.status == 0 && healthy.output.contains("integrity ok"), "\(healthy)")
        let path = folder.path("state/records.sqlite")
        var bytes = try #require(FileManager.default.contents(atPath: path))
        // The root pages of the tables.
        bytes.replaceSubrange(4_096..<40_960, with: Data(repeating: 0xEE, count: 36_864))
        try bytes.write(to: URL(fileURLWithPath: path))
        let sick = try await CommandLineTool.run("doctor", "--state", "state", in: folder.path)
        #expect(sick.status == 4, "\(sick)")
        let refused = try await CommandLineTool.run(
            ["coordinator", "--bind", "tcp://127.0.0.1:*", "--state", "state"],
            in: folder.path
        )
        #expect(refused.status == 1 && refused.lines.count == 1, "\(refused)")
        #expect(refused.messages.contains("damaged") && refused.messages.contains("--restore"), "\(refused)")
        #expect(FileManager.default.contents(atPath: path) == bytes)
    }
}
