import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Boards of one grid under several price sheets.
@Suite(.timeLimit(.minutes(5))) struct PriceSheetBoardTests {
    /// A folder with a dataset of tokens and, for each of some sheets, a folder with the grid.
    private func folder(_ sheets: [String: (price: Double, date: String)]) async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        var generator = Xoshiro256(seed: Digest(hashing: Array("price sheets".utf8)))
        var lines = [
            "sample_id,dear_correct,dear_cost,cheap_correct,cheap_cost,dear_tokens_in,dear_tokens_out,cheap_tokens_in,"
                + "cheap_tokens_out"
        ]
        for row in 0..<60 {
            let counts = (0..<4).map { _ in String(Int.random(in: 50...400, using: &generator)) }
            let right = (0..<2).map { _ in String(Int.random(in: 0...1, using: &generator)) }
            lines.append("q\(row),\(right[0]),0.002,\(right[1]),0.0002,\(counts.joined(separator: ","))")
        }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "outcomes.csv")
        try folder.write(SmallData.npy((0..<240).map { Float($0 % 7) }, rows: 60), to: "text.npy")
        let imported = try await CommandLineTool.run(
            "import",
            "csv",
            "--outcomes",
            "outcomes.csv",
            "--text",
            "text.npy",
            "--out",
            "data",
            in: folder.path
        )
        #expect(imported.status == 0, "\(imported)")
        for (name, sheet) in sheets {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
            let grid = """
                name: p
                datasets: {d: {path: ../data}}
                splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1}]
                routers: [{kind: fixed, model: [dear, cheap]}]
                budgets: {rule: threshold, at: [0.5x, 1x]}
                prices: {sheet: sheet.json}
                """
            try folder.write(grid, to: "\(name)/grid.yaml")
            let prices: JSONValue = [
                "schema": "routegrid/prices/v1", "unit": "USD", "date": .string(sheet.date),
                "models": [
                    "dear": ["in": .double(sheet.price), "out": 10], "cheap": ["in": 0.1, "out": 0.4],
                ],
            ]
            try folder.write(prices.jsonText, to: "\(name)/sheet.json")
            let outcome = try await CommandLineTool.run(
                "run",
                "\(name)/grid.yaml",
                "--workers",
                "1",
                "--state",
                "state",
                "--out",
                "out-\(name)",
                in: folder.path
            )
            #expect(outcome.status == 0, "\(outcome)")
        }
        return folder
    }

    @Test func `a grid with both sheets has the records of a grid for each, and a table for each`() async throws {
        let folder = try await folder(["a": (1.25, "2026-11-01"), "b": (12.5, "2026-12-01")])
        let grid = try String(contentsOfFile: folder.path("a/grid.yaml"), encoding: .utf8)
            .replacing("../data", with: "data")
            .replacing("{sheet: sheet.json}", with: "[{sheet: a/sheet.json}, {sheet: b/sheet.json}, null]")
        try folder.write(grid, to: "grid.yaml")
        let planned = try await CommandLineTool.run("plan", "grid.yaml", "--output", "json", in: folder.path)
        let plan = try JSONValue(parsing: planned.output, place: "plan")
        #expect(plan["keys"] == 12 && plan["recorded"] == 8 && plan["new"] == 4, "\(plan.jsonText)")
        #expect(plan["other_prices"] == ["fits": 0, "cells": 12])
        let page = try await CommandLineTool.run("plan", "grid.yaml", in: folder.path)
        #expect(
            page.output.contains("prices    other prices repeat 0 of 2 fits (trained on cost) and 12 evaluations"),
            "\(page.output)"
        )
        let outcome = try await CommandLineTool.run(
            "run",
            "grid.yaml",
            "--workers",
            "1",
            "--state",
            "state",
            "--out",
            "out",
            in: folder.path
        )
        #expect(outcome.status == 0, "\(outcome)")
        func lines(_ name: String) throws -> Set<Substring> {
            let text = try String(contentsOfFile: folder.path("\(name)/records.jsonl"), encoding: .utf8)
            return Set(text.split(separator: "\n"))
        }
        let (both, own) = (try lines("out"), try lines("out-a").union(lines("out-b")))
        #expect(both.count == 12 && both.isSuperset(of: own) && own.count == 8)
        let found = try captions(folder.path("out/leaderboard.md"))
        #expect(found.count == 3, "\(found)")
        for words in ["prices sheet.json (2026-11-01)", "prices sheet.json (2026-12-01)", "costs as measured"] {
            #expect(found.count { $0.contains(words) } == 1, "\(words): \(found)")
        }
        let changes = try await CommandLineTool.run("diff", "out-b", "out", "--output", "json", in: folder.path)
        let counts = try JSONValue(parsing: changes.output, place: "diff")["counts"]
        for name in ["price", "gone", "changed"] { #expect(counts?[name] == 0, "\(changes)") }
        #expect((counts?["unchanged"]?.integerValue ?? 0) > 0, "\(changes)")
        let repriced = try await CommandLineTool.run(
            "reprice",
            "out",
            "--prices",
            "a/sheet.json",
            "--out",
            "again",
            in: folder.path
        )
        #expect(repriced.status == 65, "\(repriced)")
        #expect(repriced.messages.contains("its board is under 3 prices already"), "\(repriced)")
    }

    private func captions(_ path: String) throws -> [String] {
        let page = try String(contentsOfFile: path, encoding: .utf8)
        return page.split(separator: "\n").map(String.init).filter { $0.hasPrefix("mode sound") }
    }

    @Test func `a sheet that was corrected in place makes a table of its own, merged and followed`() async throws {
        let folder = try await folder(["a": (1.25, "2026-11-01"), "b": (12.5, "2026-11-01")])
        let merged = try await CommandLineTool.run("aggregate", "out-a", "out-b", "--out", "merged", in: folder.path)
        #expect(merged.status == 0, "\(merged)")
        let found = try captions(folder.path("merged/leaderboard.md"))
        #expect(found.count == 2 && Set(found).count == 2, "\(found)")
        #expect(found.allSatisfy { $0.contains("prices sheet.json (2026-11-01)") }, "\(found)")

        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let followed = try await CommandLineTool.run(
            "aggregator",
            "--connect",
            coordinator.url,
            "--once",
            "--out",
            "boards",
            in: folder.path
        )
        #expect(followed.status == 0, "\(followed)")
        _ = await coordinator.stop()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("boards"))
        let board = try #require(names.first { $0.hasPrefix("sound@") })
        #expect(try Set(captions(folder.path("boards/\(board)/leaderboard.md"))).count == 2)
    }

    @Test func `a sheet with another date alone is one table, under the date of the grid that asks`() async throws {
        let folder = try await folder(["a": (1.25, "2026-11-01"), "b": (1.25, "2027-01-01")])
        #expect(try captions(folder.path("out-a/leaderboard.md")).allSatisfy { $0.contains("2026-11-01") })
        #expect(try captions(folder.path("out-b/leaderboard.md")).allSatisfy { $0.contains("2027-01-01") })
        let merged = try await CommandLineTool.run("aggregate", "out-a", "out-b", "--out", "merged", in: folder.path)
        #expect(merged.status == 0, "\(merged)")
        #expect(try captions(folder.path("merged/leaderboard.md")).count == 1)
    }
}
