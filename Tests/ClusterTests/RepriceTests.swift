import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Boards under other prices, against runs under these prices.
@Suite(.timeLimit(.minutes(5))) struct RepriceTests {
    private static let plain = """
        name: p
        datasets: {d: {path: data}}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1, index: "range(0,2)"}]
        routers: [{kind: fixed, model: [a, b, c]}, {kind: recorded, file: choices.csv}]
        budgets: {rule: threshold, at: [exact]}
        """
    private static let trained = """
        name: t
        datasets: {d: {path: data}}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1}]
        modality: [text]
        routers: [best-single, cheapest, random-mix, oracle, {kind: knn, k: 5}]
        budgets: {rule: threshold, at: [exact, 0.5x]}
        """
    private static let sealed = """
        name: s
        datasets: {d: {path: data}}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1}]
        modality: [text]
        routers: [{kind: ovr, c: [0.5, 1]}, prototype, best-single]
        budgets: {rule: soft-label, at: [0, 1]}
        select: {metric: accuracy, on: dev, per: [dataset, split, router.kind]}
        """

    private static func sheet(_ prices: [String: (Double, Double)]) -> String {
        let models = prices.mapValues { JSONValue.object(["in": .double($0.0), "out": .double($0.1)]) }
        let sheet: JSONValue = [
            "schema": "routegrid/prices/v1", "unit": "USD", "date": "2026-11-01", "models": .object(models),
        ]
        return sheet.jsonText
    }

    private static let old = ["a": (1.0, 2.0), "b": (5.0, 10.0), "c": (20.0, 40.0)]
    private static let new = ["a": (2.0, 3.0), "b": (7.0, 9.0), "c": (15.0, 50.0)]
    private static let turned = ["a": (30.0, 60.0), "b": (7.0, 9.0), "c": (1.0, 1.0)]

    private func run(_ folder: TemporaryFolder, _ arguments: [String], status: Int32 = 0) async throws -> String {
        let outcome = try await CommandLineTool.run(arguments, in: folder.path)
        #expect(outcome.status == status, "\(outcome)")
        return outcome.output
    }

    /// A dataset of tokens, a file of choices, three sheets, and a grid with a file for the old and the new sheet.
    private func folder(_ grid: String) async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        var generator = Xoshiro256(seed: Digest(hashing: Array("reprice".utf8)))
        let columns = ["a", "b", "c"].flatMap {
            ["\($0)_correct", "\($0)_cost", "\($0)_tokens_in", "\($0)_tokens_out"]
        }
        var (lines, choices) = ([(["sample_id"] + columns).joined(separator: ",")], ["sample_id,model"])
        for row in 0..<90 {
            var fields = ["q\(row)"]
            for skill in [0.4, 0.6, 0.8] {
                fields.append(Double.random(in: 0...1, using: &generator) < skill ? "1" : "0")
                fields.append("0.001")
                fields.append(String(Int.random(in: 50...400, using: &generator)))
                fields.append(String(Int.random(in: 50...400, using: &generator)))
            }
            lines.append(fields.joined(separator: ","))
            choices.append("q\(row),\(["a", "b", "c"][row % 3])")
        }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "outcomes.csv")
        try folder.write(choices.joined(separator: "\n") + "\n", to: "choices.csv")
        try folder.write(SmallData.npy((0..<360).map { Float($0 * $0 % 17) }, rows: 90), to: "text.npy")
        _ = try await run(
            folder,
            ["import", "csv", "--outcomes", "outcomes.csv", "--text", "text.npy", "--out", "data"]
        )
        for (name, prices) in [("old", Self.old), ("new", Self.new), ("turned", Self.turned)] {
            try folder.write(Self.sheet(prices), to: "\(name).json")
        }
        for name in ["old", "new"] {
            try folder.write(grid + "\nprices: {sheet: \(name).json}\n", to: "\(name).yaml")
            _ = try await run(
                folder,
                ["run", "\(name).yaml", "--workers", "1", "--state", "state-\(name)", "--out", name]
            )
        }
        return folder
    }

    private func lines(_ folder: TemporaryFolder, _ name: String) throws -> Set<Substring> {
        Set(try String(contentsOfFile: folder.path("\(name)/records.jsonl"), encoding: .utf8).split(separator: "\n"))
    }

    private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8), place: "stdout") }

    @Test func `a board whose routers read no cost is that of a run under the sheet, byte for byte`() async throws {
        let folder = try await folder(Self.plain)
        let printed = try await run(
            folder,
            ["reprice", "old", "--prices", "new.json", "--grid", "old.yaml", "--out", "board", "--output", "json"]
        )
        #expect(try json(printed)["refit"] == [])
        for name in ["records.jsonl", "grid.lock.json", "leaderboard.json", "frontier.csv", "tables.json"] {
            let made = FileManager.default.contents(atPath: folder.path("board/\(name)"))
            #expect(made != nil && made == FileManager.default.contents(atPath: folder.path("new/\(name)")), "\(name)")
        }
        _ = try await run(folder, ["verify", "board"])
        let refused = try await CommandLineTool.run(
            ["reprice", "old", "--prices", "short.json", "--out", "none"],
            in: folder.path
        )
        #expect(refused.status == 65 && refused.messages.contains("short.json"), "\(refused)")
        try folder.write(Self.sheet(["a": (1, 1), "b": (1, 1)]), to: "short.json")
        let missing = try await CommandLineTool.run(
            ["reprice", "old", "--prices", "short.json", "--out", "none"],
            in: folder.path
        )
        #expect(missing.status == 65, "\(missing)")
        #expect(missing.messages.contains("short.json: no price for model \"c\" of dataset d"), "\(missing)")
    }

    @Test func `baselines equal a run's records, and routers that train on costs are named without numbers`()
        async throws
    {
        let folder = try await folder(Self.trained)
        let printed = try await run(
            folder,
            ["reprice", "old", "--prices", "new.json", "--out", "board", "--output", "json"]
        )
        let refit = try #require(try json(printed)["refit"]?.arrayValue)
        #expect(refit.count == 1 && refit[0]["why"] == "trains on costs" && refit[0]["cells"] == 2, "\(refit)")
        #expect(refit[0]["row"]?.stringValue?.hasPrefix("d · knn (") == true, "\(refit)")
        let fresh = try lines(folder, "new").filter { !$0.contains("\"kind\":\"knn\"") }
        #expect(!fresh.isEmpty)
        #expect(try lines(folder, "board") == fresh)
        #expect(try String(contentsOfFile: folder.path("board/leaderboard.csv"), encoding: .utf8).contains("knn"))
        // What is left out is what a run under the sheet still computes.
        let text = try await run(folder, ["reprice", "old", "--prices", "new.json", "--out", "board"])
        #expect(text.contains("without numbers until they are fitted") && text.contains("d · knn ("), "\(text)")
        let last = text.components(separatedBy: "\n").suffix(12)
        #expect(last.allSatisfy { $0.count <= 80 }, "\(text)")
    }

    @Test func `recorded choices of a selected grid are read anew, unless prices decide between equal scores`()
        async throws
    {
        let folder = try await folder(Self.sealed)
        let printed = try await run(
            folder,
            ["reprice", "old", "--prices", "new.json", "--out", "board", "--output", "json"]
        )
        #expect(try json(printed)["refit"] == [], "\(printed)")
        #expect(try lines(folder, "board") == lines(folder, "new"))
        let turned = try await run(
            folder,
            ["reprice", "old", "--prices", "turned.json", "--out", "turned", "--output", "json"]
        )
        let why = try json(turned)["refit"]?.arrayValue?.compactMap { $0["why"]?.stringValue } ?? []
        #expect(!why.isEmpty && why.allSatisfy { $0.hasPrefix("equal scores go to the cheaper model") }, "\(turned)")
    }

    @Test func `at a break-even price two bills are equal, and on its two sides they are as it says`() async throws {
        let folder = try await folder(Self.plain)
        let wrong = 0.004
        func priced(_ prices: [String: (Double, Double)], _ out: String) async throws -> JSONValue {
            try folder.write(Self.sheet(prices), to: "\(out).json")
            let arguments = ["reprice", "old", "--prices", "\(out).json", "--grid", "old.yaml", "--out", out]
            return try json(try await run(folder, arguments + ["--wrong-answer", "\(wrong)", "--output", "json"]))
        }
        /// Bills by the names of rows.
        func bills(_ out: String) async throws -> [String: Double] {
            let names =
                try json(try await run(folder, ["compare", out, "--output", "json"]))["items"]?.arrayValue ?? []
            let file = try String(contentsOfFile: folder.path("\(out)/leaderboard.json"), encoding: .utf8)
            let rows = try json(file)["rows"]?.arrayValue ?? []
            #expect(!rows.isEmpty && rows.count == names.count)
            var bills: [String: Double] = [:]
            for (name, row) in zip(names, rows) {
                let cost = try #require(row["metrics"]?["mean_cost"]?["v"]?.numberValue)
                let accuracy = try #require(row["metrics"]?["accuracy"]?["v"]?.numberValue)
                bills[try #require(name["row"]?.stringValue)] = cost + wrong * (1 - accuracy)
            }
            return bills
        }
        let found = try await priced(Self.new, "base")["break_even"]
        let swaps = found?["swaps"]?.arrayValue ?? []
        #expect(swaps.count >= 2, "\(String(describing: found))")
        for (number, swap) in swaps.prefix(3).enumerated() {
            let model = try #require(swap["model"]?.stringValue)
            let factor = try #require(swap["factor"]?.numberValue)
            let (below, above) = (
                swap["lower_bill_below"]?.stringValue ?? "", swap["lower_bill_above"]?.stringValue ?? ""
            )
            #expect(abs((swap["prices"]?["in"]?.numberValue ?? 0) - factor * (Self.new[model]?.0 ?? 0)) < 1e-9)
            for (side, scale) in [("low", 0.99), ("equal", 1), ("high", 1.01)] {
                var prices = Self.new
                let own = try #require(prices[model])
                prices[model] = (own.0 * factor * scale, own.1 * factor * scale)
                let out = "\(side)-\(number)"
                _ = try await priced(prices, out)
                let bills = try await bills(out)
                let (first, second) = (try #require(bills[below]), try #require(bills[above]))
                switch side {
                case "low": #expect(first < second, "\(swap)")
                case "high": #expect(first > second, "\(swap)")
                default: #expect(abs(first - second) <= 1e-12 * first, "\(swap)")
                }
            }
        }
    }
}
