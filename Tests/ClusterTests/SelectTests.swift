import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Grids with `select`: dev first, then test for what was selected and for nothing else.
@Suite(.timeLimit(.minutes(5))) struct SelectTests {
    static func yaml(splits: Int) -> String {
        """
        name: sealed
        datasets:
          small: {path: data}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1, index: "range(0,\(splits))"}]
        modality: [text]
        routers:
          - {kind: oracle}
          - {kind: knn, k: [3, 5, 9]}
          - {kind: kmeans, clusters: [2, 4]}
          - {kind: linear, l2: [0, 0.5]}
        seeds: [0, 1]
        budgets: {rule: threshold, at: [exact, 0.5x]}
        select: {metric: nauc_shared, on: dev, per: [dataset, split, router.kind]}
        """
    }

    /// Dev cells, and test cells of one configuration of each router, on one split.
    private static let devCells = 2 * (1 + 3 + 2 * 2 + 2)
    private static let testCells = 2 * (1 + 1 + 2 + 1)

    private func run(_ folder: TemporaryFolder, _ name: String, workers: Int = 1) async throws -> [String: Data] {
        let outcome = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "\(workers)", "--state", "state-\(name)", "--out", name],
            in: folder.path
        )
        #expect(outcome.status == 0, "\(outcome)")
        return try hashedFiles(of: folder.path(name))
    }

    private func json(_ folder: TemporaryFolder, _ name: String) throws -> JSONValue {
        let bytes = try #require(FileManager.default.contents(atPath: folder.path(name)))
        return try JSONValue(parsing: bytes, place: name)
    }

    @Test func `one worker and two read the same test cells, only the selected ones, and the board is sealed`()
        async throws
    {
        let folder = try await SmallData.grid(Self.yaml(splits: 3))
        let one = try await run(folder, "one")
        let two = try await run(folder, "two", workers: 2)
        #expect(Set(one.keys) == Set(two.keys))
        for name in one.keys.sorted() { #expect(one[name] == two[name], "\(name)") }
        let records = String(decoding: one["records.jsonl"] ?? Data(), as: UTF8.self).split(separator: "\n")
        let parts = try records.map { try JSONValue(parsing: $0.utf8, place: "record")["job"]?["part"] }
        #expect(parts.count { $0 == "dev" } == 3 * Self.devCells)
        #expect(parts.count { $0 == "test" } == 3 * Self.testCells)
        let rows = try json(folder, "one/leaderboard.json")["rows"]?.arrayValue ?? []
        #expect(!rows.isEmpty)
        for row in rows {
            #expect(row["part"] == "test")
            #expect(row["flags"]?.arrayValue?.contains("unsealed") == false, "\(row)")
            let kind = try #require(row["router"]?["kind"]?.stringValue)
            #expect(row["selection"]?["configurations"] == ["knn": 3, "kmeans": 2, "linear": 2, "oracle": 1][kind])
            // One configuration of each of four routers.
            #expect(row["test_reads"] == 4)
            let dev = try #require(row["selection"]?["dev"]?["v"]?.numberValue)
            let test = try #require(row["metrics"]?["nauc_shared"]?["v"]?.numberValue)
            #expect(row["metrics"]?["optimism"]?["v"]?.numberValue == dev - test)
            // Without other conditions the row's own dev value is the one that decided.
            if row["budget"] == "exact" {
                let decided = try #require(row["selection"]?["mean_dev"]?.numberValue)
                #expect(abs(dev - decided) < 1e-12, "\(row)")
            }
        }
        let choices = try json(folder, "one/selection.json")["choices"]?.arrayValue ?? []
        // Dev rows of one index are test rows of another: each has a choice of its own.
        #expect(choices.map { $0["configurations"] } == [1, 1, 1, 3, 3, 3, 2, 2, 2, 2, 2, 2])
        for row in rows {
            let chosen = row["selection"]?["chosen"]?.arrayValue ?? []
            #expect(row["selection"]?["by_index"] == true && row["splits"] == [0, 1, 2])
            #expect(chosen.reduce(0) { $0 + ($1["count"]?.integerValue ?? 0) } == 3, "\(row)")
        }
        let page = String(decoding: one["leaderboard.md"] ?? Data(), as: UTF8.self)
        #expect(page.contains("knn (selected)") && page.contains(" of 3"), "\(page)")

        // The pure function over the files gives the board again.
        let again = try await CommandLineTool.run("aggregate", "one", "--out", "again", in: folder.path)
        #expect(again.status == 0, "\(again)")
        #expect(try hashedFiles(of: folder.path("again")) == one)
    }

    @Test func `optimism is above zero when dev was better, for metrics that are better when smaller too`() async throws
    {
        let folder = try await SmallData.grid(
            Self.yaml(splits: 1).replacing("metric: nauc_shared", with: "metric: regret")
        )
        _ = try await run(folder, "regret")
        let rows = try json(folder, "regret/leaderboard.json")["rows"]?.arrayValue ?? []
        #expect(!rows.isEmpty)
        for row in rows {
            let dev = try #require(row["selection"]?["dev"]?["v"]?.numberValue)
            let test = try #require(row["metrics"]?["regret"]?["v"]?.numberValue)
            #expect(row["metrics"]?["optimism"]?["v"]?.numberValue == test - dev)
        }
        #expect(rows.contains { $0["metrics"]?["optimism"]?["v"] != 0 })
    }

    @Test func `test reads are counted over the nights of a state folder, and a backup keeps them`() async throws {
        let folder = try await SmallData.grid(Self.yaml(splits: 1))
        _ = try await run(folder, "night")
        let first = try json(folder, "night/leaderboard.json")["rows"]?.arrayValue ?? []
        #expect(!first.isEmpty && first.allSatisfy { $0["test_reads"] == 4 })
        let other = Self.yaml(splits: 1).replacing("k: [3, 5, 9]", with: "k: [11]").replacing(
            "l2: [0, 0.5]",
            with: "l2: [2]"
        )
        try folder.write(other, to: "grid.yaml")
        _ = try await run(folder, "night")
        let second = try json(folder, "night/leaderboard.json")["rows"]?.arrayValue ?? []
        #expect(!second.isEmpty && second.allSatisfy { $0["test_reads"] == 6 }, "\(second.map { $0["test_reads"] })")
        #expect(second.count { $0["router"]?["k"] == 11 } == 2)
        let page = try String(contentsOfFile: folder.path("night/leaderboard.md"), encoding: .utf8)
        #expect(page.contains("test read by 6 configurations so far") && page.contains("optimism"), "\(page)")
        #expect(!page.contains("Unsealed"))
    }

    /// What a run wrote without `select` into the same state folder is not its own.
    @Test func `test records that an unsealed run has read are on no sealed board`() async throws {
        let folder = try await SmallData.grid(Self.yaml(splits: 1))
        let calm = try await run(folder, "calm")
        let sealed = try String(contentsOfFile: folder.path("grid.yaml"), encoding: .utf8)
        let open = sealed.split(separator: "\n").filter { !$0.hasPrefix("select") }.joined(separator: "\n")
        try folder.write(open, to: "grid.yaml")
        _ = try await run(folder, "mixed")
        try folder.write(sealed, to: "grid.yaml")
        let mixed = try await run(folder, "mixed")
        for name in ["records.jsonl", "selection.json", "frontier.csv"] {
            #expect(mixed[name] == calm[name], "\(name)")
        }
    }

    @Test func `no test label changes the selection`() async throws {
        let folder = try await SmallData.grid(Self.yaml(splits: 1))
        _ = try await run(folder, "before")
        // The test rows of the split get each other's outcomes; train and dev stay as they are.
        let lines = try String(contentsOfFile: folder.path("outcomes.csv"), encoding: .utf8).split(separator: "\n")
        let samples = lines.dropFirst().map { line in
            let fields = line.split(separator: ",")
            return Sample(id: String(fields[0]), dataset: String(fields[1]), group: String(fields[2]))
        }
        let kind = Split.Kind.random(train: 0.5, dev: 0.2, test: 0.3, groupBy: .sample)
        let test = try Split(kind: kind, seed: 1).parts(of: samples).test
        var changed = lines.map { $0.components(separatedBy: "\",") }
        for (index, row) in test.enumerated() {
            let other = test[(index + 7) % test.count]
            changed[row + 1][1] = lines[other + 1].components(separatedBy: "\",")[1]
        }
        let text = changed.map { $0.joined(separator: "\",") }.joined(separator: "\n") + "\n"
        try folder.write(text, to: "outcomes.csv")
        try FileManager.default.removeItem(atPath: folder.path("data"))
        let imported = try await CommandLineTool.run(
            ["import", "csv", "--outcomes", "outcomes.csv", "--text", "text.npy", "--out", "data"],
            in: folder.path
        )
        #expect(imported.status == 0, "\(imported)")
        _ = try await run(folder, "after")
        let (before, after) = (try json(folder, "before/selection.json"), try json(folder, "after/selection.json"))
        #expect(before["lock_sha256"] != after["lock_sha256"])
        #expect(before["choices"] == after["choices"])
        let rows = ["before", "after"].map { try? json(folder, "\($0)/leaderboard.json")["rows"] }
        #expect(rows[0] != rows[1])
    }

    @Test func `a coordinator killed in and between the stages gives the same bytes, and so does its backup`()
        async throws
    {
        let folder = try await SmallData.grid(Self.yaml(splits: 8))
        let calm = try await run(folder, "calm")
        let socket = "ipc://\(folder.path("c"))"
        var coordinator = try await ClusterTests.Coordinator(in: folder, bind: socket)
        let worker = try coordinator.worker(folder)
        try await coordinator.submit(folder)
        // In the first stage, when its last record is there (so around the selection), as soon as it serves, and later.
        let dev = 8 * Self.devCells
        for goal in [1, dev / 2, dev, dev, dev + 10] {
            _ = try await eventually("\(goal) records; \(coordinator.process.messages)") {
                let outcome = try await CommandLineTool.run("status", "--connect", socket, "--output", "json")
                let run = try JSONValue(parsing: outcome.output, place: "status")["runs"]?.arrayValue?.first
                return run?["done"]?.integerValue ?? 0 >= goal ? true : nil
            }
            coordinator.process.send(SIGKILL)
            _ = await coordinator.process.ended()
            coordinator = try await ClusterTests.Coordinator(in: folder, bind: socket)
        }
        let waited = try await CommandLineTool.run(
            ["wait", "1", "--connect", socket, "--timeout", "120", "--out", "out"],
            in: folder.path
        )
        #expect(waited.status == 0, "\(waited) \(coordinator.process.messages)")
        #expect(try hashedFiles(of: folder.path("out")) == calm)

        let copied = try await CommandLineTool.run(
            ["backup", "--to", "copy", "--once", "--connect", socket],
            in: folder.path
        )
        #expect(copied.status == 0, "\(copied)")
        worker.send(SIGTERM)
        _ = await worker.ended()
        let restored = try RunningCommand(
            ["coordinator", "--bind", "tcp://127.0.0.1:*", "--state", "restored", "--restore", "copy"],
            in: folder.path
        )
        let url = try await restored.firstLine()
        let again = try await CommandLineTool.run(
            ["wait", "1", "--connect", url, "--timeout", "60", "--out", "again"],
            in: folder.path
        )
        #expect(again.status == 0, "\(again) \(restored.messages)")
        #expect(try hashedFiles(of: folder.path("again")) == calm)
    }

    @Test func `explain and status show the stages`() async throws {
        let folder = try await SmallData.grid(Self.yaml(splits: 1))
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        try await coordinator.submit(folder)
        // Cells 0 and 1 are the oracle's on dev, 2 and 3 on test; 4 … 7 are those of knn with k = 3.
        let early = try await CommandLineTool.run("explain", "1/6", "--connect", coordinator.url)
        #expect(early.output.hasPrefix("waiting: test cells wait until all dev cells are over"), "\(early)")
        let worker = try coordinator.worker(folder)
        let waited = try await CommandLineTool.run("wait", "1", "--connect", coordinator.url, "--timeout", "60")
        #expect(waited.status == 0, "\(waited) \(worker.messages)")
        let standings = try await [6, 10, 14].asyncMap { cell in
            try await CommandLineTool.run("explain", "1/\(cell)", "--connect", coordinator.url).output
        }
        #expect(standings.count { $0.hasPrefix("recorded: ") } == 1, "\(standings)")
        let why = "not selected: another configuration did better on dev"
        #expect(standings.count { $0.hasPrefix(why) } == 2, "\(standings)")
        let status = try await CommandLineTool.run("status", "--connect", coordinator.url)
        #expect(status.output.contains("stage 2 of 2: selected on dev"), "\(status)")
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
