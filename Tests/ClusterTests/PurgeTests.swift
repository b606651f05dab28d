import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Records of a key that is not trusted any more.
@Suite(.timeLimit(.minutes(3))) struct PurgeTests {
    private func json(_ words: [String], _ folder: TemporaryFolder) async throws -> JSONValue {
        let outcome = try await CommandLineTool.run(words + ["--state", "state", "--output", "json"], in: folder.path)
        #expect(outcome.status == 0, "\(outcome)")
        return try JSONValue(parsing: outcome.output, place: words[0])
    }

    @Test func `records name the key that delivered them, and a purge has their cells computed again`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 1))
        for words in [["keys", "init"], ["keys", "add", "w1", "--role", "worker", "--out", "w1.key"]] {
            let made = try await CommandLineTool.run(words + ["--state", "state"], in: folder.path)
            #expect(made.status == 0, "\(made)")
        }
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let worker = try RunningCommand(
            ["worker", "--connect", coordinator.url, "--slots", "1", "--key", "w1.key"],
            in: folder.path
        )
        let run = try await coordinator.submit(folder)
        let wait = ["wait", run, "--connect", coordinator.url, "--timeout", "90"]
        let waited = try await CommandLineTool.run(wait + ["--out", "out"], in: folder.path)
        #expect(waited.status == 0, "\(waited)\n\(worker.messages)")
        let audit = try await json(["keys", "audit", "w1"], folder)
        let records = try #require(audit["records"]?.arrayValue)
        let keys = try #require(audit["keys"]?.arrayValue)
        #expect(!records.isEmpty && records.allSatisfy { $0["key"] == keys[0] })
        let facts = try String(contentsOfFile: folder.path("out/runs.jsonl"), encoding: .utf8)
        #expect(facts.split(separator: "\n").allSatisfy { $0.contains("\"worker_key\":\"") })
        // The coordinator does it while it runs, and the run goes on.
        let asked = try await json(["purge", "--key", "w1", "--dry-run"], folder)
        #expect(asked["records_total"] == JSONValue(records.count) && asked["cells"] == .null)
        let early = try await json(["purge", "--key", "w1"], folder)
        #expect(early["records_total"] == JSONValue(records.count) && early["cells"] == JSONValue(records.count))
        let more = ["--out", "meanwhile"]
        let resumed = try await CommandLineTool.run(wait + more, in: folder.path)
        #expect(resumed.status == 0, "\(resumed)\n\(worker.messages)")
        for name in ["meanwhile", "out"] {
            #expect(try hashedFiles(of: folder.path(name)) == hashedFiles(of: folder.path("out")))
        }
        #expect(try await json(["keys", "audit", "w1"], folder)["records"]?.arrayValue?.count == records.count)
        for words in [["--worker", "nobody"], ["--cell", "\(run)/0", "--dry-run"]] {
            let url = ["purge"] + words + ["--connect", coordinator.url, "--output", "json"]
            let outcome = try await CommandLineTool.run(url, in: folder.path)
            let report = try JSONValue(parsing: outcome.output, place: "purge")
            #expect(report["records_total"] == (words[0] == "--cell" ? 1 : 0), "\(outcome)")
        }
        let foreign = try await CommandLineTool.run(
            ["purge", "--key", "w1", "--connect", coordinator.url, "--admin-key", "w1.key"],
            in: folder.path
        )
        #expect(foreign.status == 77, "\(foreign)")
        worker.send(SIGTERM)
        _ = await worker.ended()
        #expect(await coordinator.stop() == 143)
        let dry = try await json(["purge", "--key", "w1", "--dry-run"], folder)
        #expect(dry["records"]?.arrayValue?.count == records.count && dry["cells"] == .null)
        let one = try await json(["purge", "--cell", "\(run)/0"], folder)
        #expect(one["records"]?.arrayValue?.count == 1 && one["cells"] == 1, "\(one)")
        let purged = try await json(["purge", "--key", "w1"], folder)
        #expect(purged["records"]?.arrayValue?.count == records.count - 1, "\(purged)")
        #expect(purged["cells"] == JSONValue(records.count - 1))
        let again = try await ClusterTests.Coordinator(in: folder)
        let other = try again.worker(folder)
        let done = try await CommandLineTool.run(
            ["wait", run, "--connect", again.url, "--timeout", "90", "--out", "again"],
            in: folder.path
        )
        #expect(done.status == 0, "\(done)\n\(other.messages)")
        #expect(
            try Data(contentsOf: URL(filePath: folder.path("again/records.jsonl")))
                == Data(contentsOf: URL(filePath: folder.path("out/records.jsonl")))
        )
        #expect(try await json(["keys", "audit", "w1"], folder)["records"] == [])
    }
}
