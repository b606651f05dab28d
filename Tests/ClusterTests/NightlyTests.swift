import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Nights as processes: nothing new, new answers, an outage, another reference.
@Suite(.timeLimit(.minutes(10))) struct NightlyTests {
    private static let grid = """
        name: night
        datasets:
          small: {path: data}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1}]
        modality: [text]
        routers:
          - {kind: oracle}
          - {kind: fixed, model: [small, large]}
          - {kind: best-single}
          - {kind: knn, k: [3, 9]}
          - {kind: linear}
        statistics: {bootstrap: 200}
        gate: {metric: nauc_shared, drop: 0.001}
        """

    private func night(_ folder: TemporaryFolder, _ more: String...) async throws -> CommandLineTool.Outcome {
        try await CommandLineTool.run(
            ["nightly", "grid.yaml", "--publish", "nights", "--workers", "1", "--output", "json"] + more,
            in: folder.path
        )
    }

    private func json(_ outcome: CommandLineTool.Outcome) throws -> JSONValue {
        try JSONValue(parsing: outcome.output, place: "stdout")
    }

    /// Imports the table again, with answers of another draw.
    private func measure(_ folder: TemporaryFolder, seed: String, edit: (String) -> String = { $0 }) async throws {
        var data = SmallData()
        data.seed = seed
        try data.write(to: folder)
        let path = folder.path("outcomes.csv")
        try folder.write(edit(try String(contentsOfFile: path, encoding: .utf8)), to: "outcomes.csv")
        // Embeddings stay those of the first draw.
        try SmallData().writeEmbeddings(to: folder)
        try FileManager.default.removeItem(atPath: folder.path("data"))
        let outcome = try await CommandLineTool.run(
            [
                "import", "csv", "--outcomes", "outcomes.csv", "--text", "text.npy", "--image", "image.npy", "--out",
                "data",
            ],
            in: folder.path
        )
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test func `a night with nothing new computes nothing, an outage is incomplete, and what is lost is found`()
        async throws
    {
        let folder = try await SmallData.grid(Self.grid)
        let first = try await night(folder)
        #expect(first.status == 0, "\(first)")
        #expect(try json(first)["verdict"] == "clean")
        let cells = try json(first)["cells"]?.integerValue ?? 0
        #expect(try json(first)["computed"]?.integerValue == cells)
        let second = try await night(folder)
        #expect(second.status == 0, "\(second)")
        #expect(try json(second)["computed"] == 0)
        #expect(try json(second)["text"]?.stringValue?.contains("byte for byte") == true)
        // One more router: its cells alone are computed, and the night is changed.
        try folder.write(Self.grid.replacing("k: [3, 9]", with: "k: [3, 5, 9]"), to: "grid.yaml")
        let third = try await night(folder, "--on-change", "echo $ROUTEGRID_VERDICT $ROUTEGRID_NIGHT > told")
        #expect(third.status == 0, "\(third)")
        #expect(try json(third)["verdict"] == "changed")
        #expect(try json(third)["computed"] == 1)
        #expect(try json(third)["classes"]?["new"] == 1)
        #expect(try String(contentsOfFile: folder.path("told"), encoding: .utf8) == "changed 0003\n")
        #expect(try await night(folder, "--fail-on", "changed").status == 4)
        let accepted = try await CommandLineTool.run("nightly", "accept", "nights", "3", in: folder.path)
        #expect(accepted.status == 0, "\(accepted)")
        let fifth = try await night(folder)
        #expect(try json(fifth)["reference"] == "0003")
        #expect(try json(fifth)["verdict"] == "clean")
        // Every model's answers are lost: no router is worse for it.
        try await measure(folder, seed: "small data") { text in
            text.replacing(/,1,(0\.\d+)/) { ",0,\($0.output.1)" }
        }
        let outage = try await night(folder)
        #expect(outage.status == 3, "\(outage)")
        #expect(try json(outage)["verdict"] == "incomplete")
        for name in ["index.html", "feed.xml", "history.json", "latest/report.html", "nights/0006/changes.html"] {
            #expect(FileManager.default.fileExists(atPath: folder.path("nights/\(name)")), "\(name)")
        }
        // Every night is a board of its own that can be verified: its outcomes are there, and embeddings are the same.
        let verified = try await CommandLineTool.run(
            ["verify", "nights/nights/0001", "--recompute", "3", "--grid", "grid.yaml"],
            in: folder.path
        )
        #expect(verified.status == 0, "\(verified)")
    }

    @Test func `rules about nothing are refused before a cell runs, or leave the night without a verdict`() async throws
    {
        let folder = try await SmallData.grid(Self.grid.replacing("drop: 0.001", with: "drop: 0.001, router: knm"))
        let refused = try await night(folder)
        #expect(refused.status == 65, "\(refused)")
        #expect(refused.messages.contains("did you mean \"knn\""))
        #expect(!FileManager.default.fileExists(atPath: folder.path("nights/state/records.sqlite")))
        #expect(!FileManager.default.fileExists(atPath: folder.path("nights/board/records.jsonl")))
        for gate in ["{dataset: smal}", "{metric: accuraci}", "{router: fixed}", "{router: other/knn-k-3}"] {
            try folder.write("gate: \(gate)\n", to: "gate.yaml")
            let outcome = try await night(folder, "--gate", "gate.yaml")
            #expect(outcome.status == 65, "\(gate): \(outcome)")
            #expect(outcome.messages.contains("gate.yaml"), "\(gate): \(outcome)")
        }
        // That there is no such row is known from the board; the night is no reference.
        try folder.write("gate: {metric: accuracy, router: knn-k-4}\n", to: "gate.yaml")
        let unknown = try await night(folder, "--gate", "gate.yaml")
        #expect(unknown.status == 3, "\(unknown)")
        #expect(try json(unknown)["reference"] == .null)
        #expect(try json(unknown)["text"]?.stringValue?.contains("small/knn-k-") == true)
        try folder.write("gate: {metric: accuracy, router: knn-k-3}\n", to: "gate.yaml")
        let first = try await night(folder, "--gate", "gate.yaml")
        #expect(first.status == 0, "\(first)")
        #expect(try json(first)["computed"] == 0)
        // Answers of another draw, and a model at nine times its cost: what routers come to says nothing of them.
        try await measure(folder, seed: "another draw") { text in
            text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                if let cost = fields.dropLast(2).last.flatMap(Double.init) { fields[fields.count - 3] = "\(9 * cost)" }
                return fields.joined(separator: ",")
            }.joined(separator: "\n")
        }
        let dearer = try await night(folder, "--gate", "gate.yaml")
        #expect(dearer.status == 3, "\(dearer)")
        #expect(try json(dearer)["reference"] == "0002")
        #expect(try json(dearer)["findings"]?.arrayValue?.first?.stringValue?.contains("(mean cost) moved: +") == true)
        let accepted = try await CommandLineTool.run("nightly", "accept", "nights", "last", in: folder.path)
        #expect(accepted.status == 0, "\(accepted)")
        let after = try await night(folder, "--gate", "gate.yaml")
        #expect(after.status == 0, "\(after)")
        #expect(try json(after)["verdict"] == "clean")
    }

    @Test func `a rule on another metric finds a drop, and it is an alarm only if it is found again`() async throws {
        // No row tells that outcomes moved, so that what routers lose is theirs.
        let grid = """
            name: again
            datasets:
              small: {path: data}
            splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1}]
            modality: [text]
            routers:
              - {kind: best-single}
              - {kind: knn, k: [3]}
            statistics: {bootstrap: 200}
            gate: {metric: accuracy, drop: 0.001}
            """
        let folder = try await SmallData.grid(grid)
        #expect(try await night(folder).status == 0)
        // Every answer of every model but the odd one's is lost.
        try FileManager.default.copyItem(atPath: folder.path("data"), toPath: folder.path("good"))
        try await measure(folder, seed: "small data") { text in
            text.replacing(/,1,(0\.\d+)/) { ",0,\($0.output.1)" }
        }
        let broken = try await night(folder, "--again", "exit 7")
        #expect(broken.status == 1, "\(broken)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("nights/nights/0002")))
        let lost = try await night(folder, "--again", "echo again > told")
        #expect(lost.status == 4, "\(lost)")
        #expect(try json(lost)["verdict"] == "regressed")
        #expect(try json(lost)["findings"]?.arrayValue?.first?.stringValue?.contains("(accuracy) is worse: −") == true)
        #expect(try String(contentsOfFile: folder.path("told"), encoding: .utf8) == "again\n")
        let found = try await night(folder, "--again", "rm -r data && mv good data")
        #expect(found.status == 0, "\(found)")
    }

    @Test func `nights on a cluster of others compute there, and only some are kept`() async throws {
        let folder = try await SmallData.grid(Self.grid)
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let worker = try coordinator.worker(folder)
        let first = try await night(folder, "--connect", coordinator.url)
        #expect(first.status == 0, "\(first) \(worker.messages)")
        #expect(try json(first)["computed"] == json(first)["cells"])
        #expect(!FileManager.default.fileExists(atPath: folder.path("nights/state")))
        let second = try await night(folder, "--connect", coordinator.url)
        #expect(try json(second)["computed"] == 0, "\(second)")
        try folder.write(Self.grid.replacing("k: [3, 9]", with: "k: [3, 5, 9]"), to: "grid.yaml")
        let third = try await night(folder, "--connect", coordinator.url, "--keep", "1")
        #expect(try json(third)["computed"] == 1, "\(third)")
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path("nights/nights"))
        #expect(Set(kept) == ["0001", "0003"])
        let history = try JSONValue(
            parsing: try #require(FileManager.default.contents(atPath: folder.path("nights/history.json"))),
            place: "history.json"
        )
        #expect(history["nights"]?.arrayValue?.count == 3)
    }

    @Test func `verify computes cells again bit for bit, and finds a record that was changed`() async throws {
        let folder = try await SmallData.grid(Self.grid)
        let run = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--state", "state", "--out", "out", "--output", "quiet"],
            in: folder.path
        )
        #expect(run.status == 0, "\(run)")
        let whole = try await CommandLineTool.run(
            ["verify", "out", "--recompute", "4", "--grid", "grid.yaml"],
            in: folder.path
        )
        #expect(whole.status == 0, "\(whole)")
        #expect(whole.output.contains("4 cells computed again"))
        let refused = try await CommandLineTool.run(["verify", "out", "--recompute", "50"], in: folder.path)
        #expect(refused.status == 65, "\(refused)")
        #expect(refused.messages.contains("--grid"))
        let same = try await CommandLineTool.run(["diff", "out", "out", "--fail-if", "any"], in: folder.path)
        #expect(same.status == 0, "\(same)")
        let compared = try await CommandLineTool.run(
            ["compare", "out#small/knn-k-3", "#linear", "--data", "data", "--output", "json", "--out", "page.html"],
            in: folder.path
        )
        #expect(compared.status == 0, "\(compared)")
        let comparison = try JSONValue(parsing: compared.output, place: "stdout")
        #expect(comparison["paired"] == true)
        #expect(comparison["equal_budget"]?["test"] == "mcnemar-exact")
        let questions =
            comparison["equal_budget"]?["items"]?.arrayValue?.compactMap { $0["question"]?.stringValue } ?? []
        #expect(questions.first?.hasPrefix("what is ") == true)
        #expect(FileManager.default.fileExists(atPath: folder.path("page.html")))
        let unknown = try await CommandLineTool.run(["compare", "out#knn-k-4", "#linear"], in: folder.path)
        #expect(unknown.status == 64, "\(unknown)")
        #expect(unknown.messages.contains("small/knn-k-"))
        let records = folder.path("out/records.jsonl")
        let text = try String(contentsOfFile: records, encoding: .utf8)
        try folder.write(
            text.replacing("\"accuracy\":0.", with: "\"accuracy\":0.0", maxReplacements: 1),
            to: "out/records.jsonl"
        )
        let broken = try await CommandLineTool.run(["verify", "out"], in: folder.path)
        #expect(broken.status == 4, "\(broken)")
        #expect(broken.output.contains("records.jsonl"))
    }
}

extension SmallData {
    /// `text.npy` and `image.npy` alone.
    fileprivate func writeEmbeddings(to folder: TemporaryFolder) throws {
        let own = try TemporaryFolder()
        try write(to: own)
        for name in ["text.npy", "image.npy"] {
            try folder.write(Array(try #require(FileManager.default.contents(atPath: own.path(name)))), to: name)
        }
    }
}
