import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Incidents of published router boards, replayed: each is flagged on the board, and clean data are not.
@Suite(.timeLimit(.minutes(5))) struct CostIntegrityTests {
    private struct Answer {
        var tokensIn: Int
        var tokensOut: Int
        /// Reasoning, which is in neither.
        var hidden = 0
        var cost: Double
        var served = ""
    }

    private static let map =
        "id=id,query=prompt,model=model,served=served,score=score,cost=cost,tokens_in=in,tokens_out=out"

    /// Imports 60 questions to two models, of which `dear` answers as said.
    private static func write(
        _ name: String,
        to folder: TemporaryFolder,
        answer: (Int, inout Answer) -> Void = { _, _ in }
    ) async throws {
        var generator = Xoshiro256(seed: Digest(hashing: Array("incidents".utf8)))
        var long = ["id,prompt,model,served,score,cost,in,out"]
        var totals = [
            "id,dear_correct,cheap_correct,dear_tokens_in,dear_tokens_out,dear_tokens_total,cheap_tokens_in,"
                + "cheap_tokens_out"
        ]
        for row in 0..<60 {
            var (scores, tokens): ([String], [String]) = ([], [])
            for (model, price) in [("dear", 10e-6), ("cheap", 1e-6)] {
                let counts = (0..<2).map { _ in Int.random(in: 50...400, using: &generator) }
                var one = Answer(
                    tokensIn: counts[0],
                    tokensOut: counts[1],
                    cost: price * Double(counts[0] + counts[1])
                )
                if model == "dear" { answer(row, &one) }
                let score = Int.random(in: 0...3, using: &generator) < (model == "dear" ? 3 : 2) ? 1 : 0
                let prompt = "question \(String(repeating: "x", count: row))"
                long.append(
                    "q\(row),\(prompt),\(model),\(one.served),\(score),\(one.cost),\(one.tokensIn),\(one.tokensOut)"
                )
                scores.append("\(score)")
                tokens += ["\(one.tokensIn)", "\(one.tokensOut)"]
                if model == "dear" { tokens.append("\(one.tokensIn + one.tokensOut + one.hidden)") }
            }
            totals.append((["q\(row)"] + scores + tokens).joined(separator: ","))
        }
        // Totals are columns of the other layout.
        let isOfTotals = name == "unbilled"
        try folder.write((isOfTotals ? totals : long).joined(separator: "\n") + "\n", to: "\(name).csv")
        let words =
            isOfTotals
            ? ["import", "csv", "--outcomes", "\(name).csv", "--ignore", "id", "--out", name]
            : ["import", "long", "\(name).csv", "--map", map, "--out", name]
        let outcome = try await CommandLineTool.run(words, in: folder.path)
        #expect(outcome.status == 0, "\(outcome)")
    }

    /// What puts costs in doubt, by dataset, and the checks of costs.
    private static func flags(_ folder: TemporaryFolder, _ datasets: [String], prices: String) async throws -> (
        flags: [String: Set<String>], checks: [String: String], messages: String
    ) {
        let places = datasets.map { "  \($0): {path: \($0)}" }.joined(separator: "\n")
        let grid = """
            name: incidents
            datasets:
            \(places)
            splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1}]
            routers: [{kind: fixed, model: dear}, {kind: random-mix}]
            prices: \(prices)
            statistics: {bootstrap: 100}
            """
        try folder.write(grid, to: "grid.yaml")
        let run = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--state", "state", "--out", "out"],
            in: folder.path
        )
        #expect(run.status == 0, "\(run)")
        let board = try JSONValue(
            parsing: try #require(FileManager.default.contents(atPath: folder.path("out/leaderboard.json"))),
            place: "leaderboard.json"
        )
        let ofCosts: Set = [
            "constant-tokens", "cost-mismatch", "hidden-tokens", "other-model", "zero-price", "zero-usage",
        ]
        var found: [String: Set<String>] = [:]
        for row in board["rows"]?.arrayValue ?? [] {
            let flags = Set((row["flags"]?.arrayValue ?? []).compactMap(\.stringValue)).intersection(ofCosts)
            found[row["dataset"]?.stringValue ?? "", default: []].formUnion(flags)
        }
        var checks: [String: String] = [:]
        for verdict in board["verdicts"]?.arrayValue ?? [] {
            let check = verdict["trust"]?.arrayValue?.first { $0["check"] == "costs" }
            checks[verdict["dataset"]?.stringValue ?? ""] = check?["text"]?.stringValue
        }
        return (found, checks, run.messages)
    }

    @Test func `unbilled tokens, constant counts, uncounted votes, another model and an unknown price are flagged`()
        async throws
    {
        let folder = try TemporaryFolder()
        try await Self.write("clean", to: folder)
        try await Self.write("unbilled", to: folder) { _, answer in answer.hidden = 900 }
        try await Self.write("constant", to: folder) { _, answer in
            answer.cost += 10e-6 * Double(40 - answer.tokensIn)
            answer.tokensIn = 40
        }
        // Nine voters answered, and the tokens of one were written down.
        try await Self.write("voters", to: folder) { _, answer in answer.cost *= 9 }
        try await Self.write("retired", to: folder) { row, answer in answer.served = row < 20 ? "dear-2" : "dear" }
        let prices: JSONValue = [
            "schema": "routegrid/prices/v1", "unit": "USD", "date": "2026-12-01",
            "models": ["dear": ["in": 10, "out": 10], "cheap": ["in": 1, "out": 1]],
        ]
        try folder.write(prices.jsonText, to: "sheet.json")
        let priced = try await Self.flags(
            folder,
            ["clean", "unbilled", "constant", "voters", "retired"],
            prices: "{sheet: sheet.json}"
        )
        #expect(
            priced.flags == [
                "clean": [], "unbilled": ["hidden-tokens"], "constant": ["constant-tokens"],
                "voters": ["cost-mismatch"], "retired": ["other-model"],
            ]
        )
        #expect(priced.checks["clean"] == "prices cover all tokens of all answers")
        #expect(
            priced.checks["voters"] == "costs are in doubt: those that the data give are far from prices times tokens"
        )
        for words in ["dear 40 in on 60 of 60", "dear 9 times", "dear 20 by dear-2", "dear 60;"] {
            #expect(priced.messages.contains(words), "\(words): \(priced.messages)")
        }
        // A price that nobody knew became 0; some answers cost nothing, and were right.
        try await Self.write("unknown", to: folder) { _, answer in answer.cost = 0 }
        try await Self.write("empty", to: folder) { row, answer in if row < 30 { answer.cost = 0 } }
        let recorded = try await Self.flags(folder, ["clean", "unknown", "empty"], prices: "null")
        #expect(recorded.flags == ["clean": [], "unknown": ["zero-price"], "empty": ["zero-usage"]])
        #expect(recorded.checks["unknown"] == "costs are in doubt: a model costs nothing")
        let shown = try await CommandLineTool.run("data", "show", "retired", in: folder.path)
        #expect(shown.output.contains("answers of another model than was asked: dear 20 by dear-2;"), "\(shown)")
    }
}
