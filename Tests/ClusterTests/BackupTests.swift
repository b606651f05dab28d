import ClusterTrials
import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Copies of a coordinator's records, and state folders made out of them.
@Suite(.timeLimit(.minutes(3))) struct BackupTests {
    @Test func `a coordinator restored from a backup has every record and gives the same board`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 4))
        let first = try await ClusterTests.Coordinator(in: folder)
        let worker = try first.worker(folder)
        let run = try await first.submit(folder)
        let waited = try await CommandLineTool.run(
            ["wait", run, "--connect", first.url, "--timeout", "60", "--out", "before"],
            in: folder.path
        )
        #expect(waited.status == 0, "\(waited) \(worker.messages)")
        for _ in 0..<2 {
            let copied = try await CommandLineTool.run(
                ["backup", "--to", "copy", "--once", "--connect", first.url],
                in: folder.path
            )
            #expect(copied.status == 0, "\(copied)")
        }
        worker.send(SIGTERM)
        _ = await worker.ended()
        #expect(await first.stop() == 143)
        try FileManager.default.removeItem(atPath: folder.path("state"))

        let second = try RunningCommand(
            ["coordinator", "--bind", "tcp://127.0.0.1:*", "--state", "state", "--restore", "copy"],
            in: folder.path
        )
        let url = try await second.firstLine()
        let again = try await CommandLineTool.run(
            ["wait", run, "--connect", url, "--timeout", "60", "--out", "after"],
            in: folder.path
        )
        #expect(again.status == 0, "\(again) \(second.messages)")
        #expect(try hashedFiles(of: folder.path("after")) == hashedFiles(of: folder.path("before")))
        second.send(SIGTERM)
        _ = await second.ended()

        let twice = try await CommandLineTool.run(
            ["coordinator", "--bind", "tcp://127.0.0.1:*", "--state", "state", "--restore", "copy"],
            in: folder.path
        )
        #expect(twice.status == 64, "\(twice)")
    }

    /// A finished run and its copy in `copy`, of a coordinator that has ended.
    private func copied(_ folder: TemporaryFolder) async throws -> String {
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let worker = try coordinator.worker(folder)
        let run = try await coordinator.submit(folder)
        let waited = try await CommandLineTool.run(
            ["wait", run, "--connect", coordinator.url, "--timeout", "60", "--output", "quiet"],
            in: folder.path
        )
        #expect(waited.status == 0, "\(waited) \(worker.messages)")
        let backup = try await CommandLineTool.run(
            ["backup", "--to", "copy", "--once", "--connect", coordinator.url],
            in: folder.path
        )
        #expect(backup.status == 0, "\(backup)")
        worker.send(SIGTERM)
        _ = await worker.ended()
        #expect(await coordinator.stop() == 143)
        try FileManager.default.removeItem(atPath: folder.path("state"))
        return run
    }

    @Test func `a restore that is killed leaves nothing that could be taken for a state folder, and is done again`()
        async throws
    {
        let folder = try await SmallData.grid(Grids.many(splits: 4))
        let run = try await copied(folder)
        // The last blob is a pipe: the restore waits there, with most of the records written.
        let lines = try String(contentsOfFile: folder.path("copy/records.jsonl"), encoding: .utf8).split(
            separator: "\n"
        )
        let last = try JSONValue(parsing: try #require(lines.last).utf8, place: "the last record")
        let digest = try #require(last["result"]?["choices"]?["sha256"]?.stringValue)
        let blob = folder.path("copy/blobs/\(digest.prefix(2))/\(digest.dropFirst(2))")
        try FileManager.default.moveItem(atPath: blob, toPath: folder.path("blob"))
        try #require(mkfifo(blob, 0o600) == 0)
        let command = ["coordinator", "--bind", "tcp://127.0.0.1:*", "--state", "state"]
        let killed = try RunningCommand(command + ["--restore", "copy"], in: folder.path)
        let pipe = try await eventually("the restore; \(killed.messages)") {
            let pipe = open(blob, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            return pipe >= 0 ? pipe : nil
        }
        killed.send(SIGKILL)
        #expect(await killed.ended() == 137)
        close(pipe)
        let bare = try await CommandLineTool.run(command, in: folder.path)
        #expect(bare.status == 64, "\(bare)")
        #expect(bare.messages.contains("--restore copy"), "\(bare)")

        unlink(blob)
        try FileManager.default.moveItem(atPath: folder.path("blob"), toPath: blob)
        let again = try RunningCommand(command + ["--restore", "copy"], in: folder.path)
        let url = try await again.firstLine()
        let waited = try await CommandLineTool.run(
            ["wait", run, "--connect", url, "--timeout", "60", "--output", "quiet"],
            in: folder.path
        )
        #expect(waited.status == 0, "\(waited) \(again.messages)")
        #expect(again.messages.contains("\(lines.count) records and 1 runs restored"), "\(again.messages)")
        again.send(SIGTERM)
        _ = await again.ended()
    }

    @Test func `a backup onto a full disk can be tried again, and goes on when there is space`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 4))
        let disk = try SmallDisk(at: folder.path("disk"), megabytes: 8)
        if let refusal = disk.refusal { return print("not tried: \(refusal)") }
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let worker = try coordinator.worker(folder)
        let run = try await coordinator.submit(folder)
        let waited = try await CommandLineTool.run(
            ["wait", run, "--connect", coordinator.url, "--timeout", "60", "--output", "quiet"],
            in: folder.path
        )
        #expect(waited.status == 0, "\(waited) \(worker.messages)")
        let command = ["backup", "--to", "disk/copy", "--once", "--connect", coordinator.url]
        try FileManager.default.createDirectory(atPath: folder.path("disk/copy"), withIntermediateDirectories: false)
        disk.fill()
        let full = try await CommandLineTool.run(command, in: folder.path)
        #expect(full.status == 75, "\(full)")
        #expect(full.lines.count == 1 && full.messages.contains("disk/copy"), "\(full)")
        disk.free()
        let copied = try await CommandLineTool.run(command, in: folder.path)
        #expect(copied.status == 0, "\(copied)")
        let restored = try RunningCommand(
            ["coordinator", "--bind", "tcp://127.0.0.1:*", "--state", "other", "--restore", "disk/copy"],
            in: folder.path
        )
        _ = try await restored.firstLine()
        #expect(restored.messages.contains("and 1 runs restored"), "\(restored.messages)")
        withExtendedLifetime(disk) {}
    }

    @Test func `a damaged backup is refused with file and line, and the state folder stays empty`() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("copy"), withIntermediateDirectories: false)
        try folder.write(
            #"{"schema":"routegrid/backup/v1","coordinator":"00","sequence":1,"record_bytes":3,"fact_bytes":3}"#,
            to: "copy/position.json"
        )
        try folder.write("{}\n", to: "copy/records.jsonl")
        try folder.write("{}\n", to: "copy/runs.jsonl")
        let outcome = try await CommandLineTool.run(
            ["coordinator", "--bind", "tcp://127.0.0.1:*", "--state", "state", "--restore", "copy"],
            in: folder.path
        )
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.messages.contains("records.jsonl:1"), "\(outcome)")
    }
}
