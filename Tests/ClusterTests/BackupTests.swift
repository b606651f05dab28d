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
