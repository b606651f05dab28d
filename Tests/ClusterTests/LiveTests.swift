import Foundation
import FoundationNetworking
import RouteGridBase
import TestSupport
import Testing

/// Looking at a cluster while it runs and afterwards, with real processes.
@Suite(.timeLimit(.minutes(5))) struct LiveTests {
    /// One router that works, and one whose fits take too long.
    private static let grid = """
        name: live
        datasets:
          small: {path: data}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1}]
        modality: [text]
        routers:
          - {kind: knn, k: [3, 5]}
          - {kind: mlp, epochs: 900000}
        budgets: {rule: threshold, at: [exact, 1x]}
        limits: {fit_timeout: 1s, retries: 0}
        """

    private static func get(_ url: String, _ headers: [String: String] = [:]) async throws -> (
        status: Int, text: String
    ) {
        var request = URLRequest(url: try #require(URL(string: url)))
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    @Test func `a dashboard with a reader's key shows a run, its failures and its board, and ends in order`()
        async throws
    {
        let folder = try await SmallData.grid(Self.grid)
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let worker = try coordinator.worker(folder)
        let dashboard = try RunningCommand(
            [
                "dashboard", "--connect", coordinator.url, "--http", "127.0.0.1:0", "--every", "0.1", "--log-format",
                "json",
            ],
            in: folder.path
        )
        let url = try await dashboard.firstLine()
        let watch = try RunningCommand(
            ["watch", "--connect", coordinator.url, "--every", "0.1", "--forever"],
            in: folder.path
        )
        try await coordinator.submit(folder)
        let status = try await eventually("the end of the run; \(worker.messages)") { () -> JSONValue? in
            let reply = try await Self.get(url + "api/status")
            let value = try JSONValue(parsing: reply.text.utf8, place: "status")
            return value["runs"]?.arrayValue?.first?["over"] == true ? value : nil
        }
        let run = try #require(status["runs"]?.arrayValue?.first)
        #expect(run["done"] == 4 && run["failed"] == 2 && run["name"] == "live", "\(run)")
        let failures = try await eventually("failures") { () -> JSONValue? in
            let value = try JSONValue(parsing: await Self.get(url + "api/failures").text.utf8, place: "failures")
            return value["groups"]?.arrayValue?.isEmpty == false ? value : nil
        }
        #expect(failures["groups"]?.arrayValue?.first?["router"] == "mlp", "\(failures)")
        #expect(failures["recent"]?.arrayValue?.allSatisfy { $0["kind"] == "timeout" } == true)
        let board = try await eventually("a board") { () -> JSONValue? in
            let value = try JSONValue(parsing: await Self.get(url + "api/board").text.utf8, place: "board")
            return value["records"] == 4 ? value : nil
        }
        let rows = (board["tables"]?.arrayValue ?? []).flatMap { $0["rows"]?.arrayValue ?? [] }
        #expect(
            board["partial"] == true && rows.contains { $0["label"]?.stringValue?.contains("knn") == true },
            "\(board)"
        )
        let metrics = try await Self.get(url + "metrics").text
        for line in [
            "routegrid_up 1", "routegrid_cells{state=\"done\"} 4", "routegrid_failures_total{kind=\"timeout\"} 2",
        ] {
            #expect(metrics.contains("\n\(line)\n"), "\(line)\n\(metrics)")
        }
        #expect(try await Self.get(url + "readyz").status == 200)
        #expect(try await Self.get(url + "api/status", ["Origin": "http://evil.example"]).status == 403)
        // The key that it found may look and do nothing else.
        _ = try await eventually("what watch prints; \(watch.messages)") {
            watch.output.contains("failed: 1/") && watch.output.contains("4/6 cells") ? true : nil
        }
        watch.send(SIGINT)
        #expect(await watch.ended() == 0, "\(watch.messages)")
        dashboard.send(SIGTERM)
        #expect(await dashboard.ended() == 143, "\(dashboard.messages)")
        for line in dashboard.messages.split(separator: "\n") {
            let message = try JSONValue(parsing: line.utf8, place: "a log line")
            #expect(["time", "level", "label", "message", "metadata"].allSatisfy { message[$0] != nil }, "\(line)")
        }
    }

    @Test func `a run serves its dashboard, status shows the best so far, and both end with it`() async throws {
        // One worker is busy for as long as the test takes; the other one computes the rest.
        let grid = Self.grid.replacing("limits: {fit_timeout: 1s, retries: 0}", with: "")
        let folder = try await SmallData.grid(grid)
        let running = try RunningCommand(
            ["run", "--dashboard", "grid.yaml", "--workers", "2", "--state", "state", "--out", "out"],
            in: folder.path
        )
        let url = try await eventually("the page's address; \(running.messages)") { () -> String? in
            running.messages.firstMatch(of: /dashboard: (http:\S+)/).map { String($0.1) }
        }
        let status = try await Self.get(url + "api/status")
        #expect(status.status == 200)
        let best = try await eventually("a best row; \(running.messages)") { () -> JSONValue? in
            if running.hasEnded { throw RouteGridError(.incomplete, "the run was over first: \(running.messages)") }
            let reply = try await CommandLineTool.run("status", "--state", folder.path("state"), "--output", "json")
            let value = try? JSONValue(parsing: reply.output.utf8, place: "status")
            let first = value?["best_so_far"]?.arrayValue?.first
            return first?["tables"]?.arrayValue?.isEmpty == false ? first : nil
        }
        #expect(best["partial"] == true && best["run"] == 1 && best["cells"] == 6, "\(best)")
        let table = try #require(best["tables"]?.arrayValue?.first)
        #expect(table["router"]?.stringValue?.isEmpty == false && table["value"]?.numberValue != nil, "\(table)")
        let shown = try await CommandLineTool.run("status", "--state", folder.path("state"))
        #expect(shown.output.contains("run 1: best so far, partial:"), "\(shown)")
        running.send(SIGTERM)
        #expect(await running.ended() == 143, "\(running.messages)")
        await #expect(throws: (any Error).self) { try await Self.get(url + "healthz") }
    }

    @Test func `a dashboard that cannot be served ends a run before it begins`() async throws {
        let folder = try await SmallData.grid(Self.grid)
        let beyond = try await CommandLineTool.run(
            ["run", "grid.yaml", "--state", "state", "--out", "out", "--dashboard", "0.0.0.0:0"],
            in: folder.path
        )
        #expect(beyond.status == 64 && beyond.messages.contains("on this machine alone"), "\(beyond)")
        let none = try await CommandLineTool.run(
            ["run", "grid.yaml", "--state", "state", "--out", "out", "--dashboard", "203.0.113"],
            in: folder.path
        )
        #expect(none.status == 64 && none.messages.contains("--dashboard 203.0.113: expected ADDRESS:PORT"), "\(none)")
    }

    @Test func `records and cells are the same from a coordinator, its folder at rest and the board`() async throws {
        let folder = try await SmallData.grid(Self.grid)
        let outcome = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--state", "state", "--out", "out"],
            in: folder.path
        )
        #expect(outcome.status == 2, "\(outcome)")
        let columns = ["--columns", "job_key,dataset,router,job.router.k,budget,n,accuracy,run.worker"]
        let files = try await CommandLineTool.run(["records", "out", "--output", "csv"] + columns, in: folder.path)
        let rest = try await CommandLineTool.run(
            ["records", "--run", "last", "--state", "state", "--output", "csv"] + columns,
            in: folder.path
        )
        #expect(files.output.hasPrefix("job_key,dataset,router,job.router.k,budget,n,accuracy,run.worker\n"))
        let sorted = { (text: String) in text.split(separator: "\n").sorted() }
        #expect(sorted(files.output) == sorted(rest.output), "\(files) \(rest)")
        #expect(files.output.split(separator: "\n").count == 5)
        let coordinator = try RunningCommand(
            ["coordinator", "--bind", "ipc://\(folder.path("c"))", "--state", "state"],
            in: folder.path
        )
        let url = try await coordinator.firstLine()
        let live = try await CommandLineTool.run(
            ["records", "--connect", url, "--output", "csv"] + columns,
            in: folder.path
        )
        #expect(sorted(live.output) == sorted(files.output), "\(live)")
        let some = try await CommandLineTool.run(
            ["records", "out", "--router", "knn", "--where", "job.router.k=3", "--output", "jsonl"],
            in: folder.path
        )
        #expect(some.output.split(separator: "\n").count == 2)
        for line in some.output.split(separator: "\n") {
            let row = try JSONValue(parsing: line.utf8, place: "a row")
            #expect(row["router"] == "knn" && row["parameters"]?["k"] == 3 && row["accuracy"]?.numberValue != nil)
        }
        let points = try await CommandLineTool.run(
            ["records", "out", "--points", "--columns", "job_key,point,point_cost"],
            in: folder.path
        )
        #expect(points.output.split(separator: "\n").count > 5, "\(points)")
        let wrong = try await CommandLineTool.run(["records", "out", "--columns", "routr"], in: folder.path)
        #expect(wrong.status == 64 && wrong.messages.contains("did you mean \"router\"?"), "\(wrong)")

        let shown = try await CommandLineTool.run(
            ["show", "1/0", "--connect", url, "--output", "json"],
            in: folder.path
        )
        coordinator.send(SIGTERM)
        _ = await coordinator.ended()
        let same = try await CommandLineTool.run(
            ["show", "1/0", "--state", "state", "--output", "json"],
            in: folder.path
        )
        #expect(shown.output == same.output, "\(shown) \(same)")
        let cell = try JSONValue(parsing: shown.output.utf8, place: "cell")
        #expect(cell["standing"] == "recorded" && cell["job"]?["router"]?["kind"] == "knn", "\(cell)")
        let shares = try #require(cell["choices"]?["shares"]?.arrayValue?.last?["models"]?.objectValue)
        #expect(abs(shares.values.compactMap(\.numberValue).reduce(0, +) - 1) < 1e-9 && cell["facts"]?["worker"] != nil)
    }

    @Test func `beyond loopback a dashboard wants a token that only its user reads`() async throws {
        let folder = try TemporaryFolder()
        let open = try await CommandLineTool.run("dashboard", "--http", "0.0.0.0:0", "--connect", "ipc://nowhere")
        #expect(open.status == 77 && open.messages.contains("--token-file"), "\(open)")
        let token = try folder.write("0123456789abcdef0123\n", to: "token")
        #expect(chmod(token, 0o644) == 0)
        let readable = try await CommandLineTool.run(
            "dashboard",
            "--http",
            "127.0.0.1:0",
            "--token-file",
            token,
            "--connect",
            "ipc://nowhere"
        )
        #expect(readable.status == 77, "\(readable)")
    }
}
