import Foundation
import Grid
import RouteGridBase
import TestSupport
import Testing

/// Measurements by real processes: beside the records, once a job and run, and without a trace in what is hashed.
@Suite(.timeLimit(.minutes(5))) struct LatencyTests {
    private static let yaml = Grids.many(splits: 2) + "\nlatency: {queries: 12, warmup: 2, repeats: 3, batch: [1, 5]}\n"
    /// Three knn and one linear, each with two batch sizes, on the first split.
    private static let jobs = 4 * 2

    private func measurements(_ folder: TemporaryFolder, _ path: String) throws -> [LatencyRecord] {
        let text = try String(contentsOfFile: folder.path(path + "/latency.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map { try LatencyRecord(line: $0.utf8, place: path) }
    }

    @Test func `every run measures each job once, and the board's bytes do not depend on it`() async throws {
        let folder = try await SmallData.grid(Self.yaml)
        for out in ["a", "b"] {
            let outcome = try await CommandLineTool.run(
                "run",
                "grid.yaml",
                "--workers",
                "2",
                "--out",
                out,
                in: folder.path
            )
            #expect(outcome.status == 0, "\(outcome)")
            #expect(outcome.output.contains("queries/s"), "\(outcome)")
        }
        let (a, b) = (try measurements(folder, "a"), try measurements(folder, "b"))
        for records in [a, b] {
            #expect(records.count == Self.jobs)
            #expect(Set(records.map(\.jobKey)).count == Self.jobs)
            for record in records {
                let measured = record.measured
                let (p50, p99) = (measured["call_us"]?["p50"]?.numberValue, measured["call_us"]?["p99"]?.numberValue)
                #expect((p50 ?? 0) > 0 && (p50 ?? 1) <= (p99 ?? 0), "\(measured)")
                #expect((measured["fit_s"]?.numberValue ?? 0) > 0, "\(measured)")
                #expect((measured["queries_per_s"]?["min"]?.numberValue ?? 0) > 0, "\(measured)")
                #expect(measured["queries"] == 12 && measured["machine"]?["threads"] == 1)
                #expect(measured["calls"]?.integerValue == (record.job["batch"] == 1 ? 36 : 9))
            }
        }
        #expect(Set(a.map(\.jobKey)).isDisjoint(with: b.map(\.jobKey)))
        #expect(Set(a.map(\.fitKey)) == Set(b.map(\.fitKey)))
        #expect(try hashedFiles(of: folder.path("a")) == hashedFiles(of: folder.path("b")))
        let manifest = try String(contentsOfFile: folder.path("a/MANIFEST.sha256"), encoding: .utf8)
        #expect(!manifest.contains("latency"))

        // Both nights together: the same board, all measurements.
        let merged = try await CommandLineTool.run("aggregate", "a", "b", "--out", "both", in: folder.path)
        #expect(merged.status == 0, "\(merged)")
        #expect(try hashedFiles(of: folder.path("both")) == hashedFiles(of: folder.path("a")))
        #expect(Set(try measurements(folder, "both")) == Set(a + b))

        // The same grid without latency: the same records and board but for the lock.
        try folder.write(Grids.many(splits: 2), to: "grid.yaml")
        let plain = try await CommandLineTool.run("run", "grid.yaml", "--workers", "1", "--out", "a", in: folder.path)
        #expect(plain.status == 0 && plain.messages.contains("24 reused"), "\(plain)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("a/latency.jsonl")))
        let (timed, untimed) = (try hashedFiles(of: folder.path("b")), try hashedFiles(of: folder.path("a")))
        // The report names the grid, and grids that time routers are others.
        for name in timed.keys where !["grid.lock.json", "report.html", "MANIFEST.sha256"].contains(name) {
            #expect(timed[name] == untimed[name], "\(name)")
        }
    }

    @Test func `a worker and the coordinator killed while routers are measured leave each job measured once`()
        async throws
    {
        // Ten thousand calls to warm up: long enough to be killed in.
        let folder = try await SmallData.grid(Self.yaml.replacing("warmup: 2", with: "warmup: 10000"))
        let socket = "ipc://\(folder.path("c"))"
        let first = try await ClusterTests.Coordinator(in: folder, bind: socket)
        let victim = try first.worker(folder, slots: 2)
        let run = try await first.submit(folder)
        _ = try await eventually("the first measurement; \(victim.messages)") {
            let status = try await CommandLineTool.run("status", "--connect", socket, "--output", "json")
            let done = try JSONValue(parsing: status.output, place: "status")["runs"]?.arrayValue?[0]["done"]
            return done?.integerValue ?? 0 > 24 ? true : nil
        }
        victim.send(SIGKILL)
        first.process.send(SIGKILL)
        _ = await first.process.ended()
        let second = try await ClusterTests.Coordinator(in: folder, bind: socket)
        let survivor = try second.worker(folder, slots: 2)
        let waited = try await CommandLineTool.run(
            ["wait", run, "--connect", socket, "--timeout", "120", "--out", "out"],
            in: folder.path
        )
        #expect(waited.status == 0, "\(waited) \(survivor.messages)")
        let records = try measurements(folder, "out")
        #expect(records.count == Self.jobs && Set(records.map(\.jobKey)).count == Self.jobs)
        let status = try await CommandLineTool.run("status", "--connect", socket, "--output", "json")
        #expect(try JSONValue(parsing: status.output, place: "status")["store"]?["divergent"] == 0)

        // A copy of the state holds the measurements too, and a restored run does not measure again.
        let copied = try await CommandLineTool.run(
            ["backup", "--to", "copy", "--once", "--connect", socket],
            in: folder.path
        )
        #expect(copied.status == 0, "\(copied)")
        survivor.send(SIGTERM)
        _ = await survivor.ended()
        #expect(await second.stop() == 143)
        let third = try RunningCommand(
            ["coordinator", "--bind", socket, "--state", "restored", "--restore", "copy"],
            in: folder.path
        )
        _ = try await third.firstLine()
        let again = try await CommandLineTool.run(
            ["wait", run, "--connect", socket, "--timeout", "60", "--out", "again"],
            in: folder.path
        )
        #expect(again.status == 0, "\(again) \(third.messages)")
        #expect(Set(try measurements(folder, "again")) == Set(records))
        #expect(try hashedFiles(of: folder.path("again")) == hashedFiles(of: folder.path("out")))
        let followed = try await CommandLineTool.run(
            ["aggregator", "--connect", socket, "--out", "boards", "--once"],
            in: folder.path
        )
        #expect(followed.status == 0, "\(followed)")
        let board = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder.path("boards")).first {
                $0.hasPrefix("sound@")
            }
        )
        #expect(Set(try measurements(folder, "boards/" + board)) == Set(records))
        third.send(SIGTERM)
        _ = await third.ended()
    }
}
