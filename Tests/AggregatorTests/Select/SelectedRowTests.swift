import Aggregator
import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Rows of what was selected for each split index by itself.
@Suite struct SelectedRowTests {
    private static func yaml(
        _ split: String = "{kind: kfold, folds: 3, dev: 0.33, index: [0, 1, 2]}",
        per: String = "dataset, split, router.kind",
        statistics: String = "bootstrap: 200"
    ) -> String {
        """
        name: sealed
        datasets: {one: one}
        splits: [\(split)]
        routers: [oracle, {kind: fixed, model: [m00, m01, m02, m03]}]
        budgets: {rule: threshold, at: exact}
        select: {metric: accuracy, on: dev, per: [\(per)]}
        statistics: {\(statistics)}
        """
    }

    private static let dataset: Dataset = {
        var generator = Xoshiro256(seed: HashedText.digest(["selected rows"]))
        let elements = (0..<240 * 4).map { _ in generator.fraction() < 0.6 ? 1.0 : 0 }
        return .planted(quality: Matrix(rows: 240, columns: 4, elements: elements))
    }()

    private func mean(_ model: Int, _ rows: [Int]) -> Double {
        rows.reduce(0) { $0 + Self.dataset.quality[$1, model] } / Double(rows.count)
    }

    @Test func `the row is the mean of what each index selected, with how often which setting was`() throws {
        let folder = try TemporaryFolder()
        var data = try SealedData(Self.dataset, yaml: Self.yaml())
        let board = try data.board(in: folder.path)
        var (tests, devs): ([Double], [Double]) = ([], [])
        var models: [Int: Int] = [:]
        for split in data.lock.contents.axes.splits {
            let parts = try split.parts(of: Self.dataset.samples.map(\.sample))
            let scores = (0..<4).map { mean($0, parts.dev) }
            let best = try #require(scores.indices.max { (scores[$0], -$0) < (scores[$1], -$1) })
            models[best, default: 0] += 1
            tests.append(mean(best, parts.test))
            devs.append(scores[best])
        }
        #expect(board.rows.count == 2 && models.count > 1, "\(models): the indices should differ")
        let row = try #require(board.rows.first { $0.routerKind == "fixed" })
        let expected = tests.reduce(0, +) / 3
        #expect(abs((row.value("accuracy") ?? 0) - expected) < 1e-12)
        #expect(abs((row.value("optimism") ?? 9) - (devs.reduce(0, +) / 3 - expected)) < 1e-12)
        let interval = try #require(row.interval("accuracy"))
        #expect(interval.low < expected && expected < interval.high)
        #expect(row.splits == [0, 1, 2] && row.job["router"] == ["kind": "fixed"])
        #expect(row.flags.isEmpty && row.standing != nil && row.jobKeys.count == 3)
        let selection = try #require(row.selection)
        #expect(selection.configurations == 4 && selection.competing == 4 && selection.isByIndex)
        let chosen = selection.chosen.map { ($0.setting["router"]?["model"]?.stringValue ?? "", $0.indices.count) }
        for (name, count) in chosen { #expect(models[Int(name.dropFirst()) ?? -1] == count) }
        #expect(chosen.map(\.1) == chosen.map(\.1).sorted(by: >))
        let words = chosen.map { "model=\($0.0) in \($0.1) of 3" }.joined(separator: ", ")
        #expect(selection.words == words)
        // In every format.
        let page = String(decoding: board.markdownBytes, as: UTF8.self)
        #expect(page.contains("| fixed (selected) ") && page.contains(words) && page.contains("**(selected)**"))
        #expect(String(decoding: board.csvBytes, as: UTF8.self).contains(words))
        #expect(board.tables(.brief).flatMap(\.rows).contains { $0.contains("fixed (selected)") && $0.contains(words) })
        let json = try JSONValue(parsing: board.jsonBytes, place: "leaderboard.json")["rows"]?.arrayValue ?? []
        let member = json.first { $0["router"]?["kind"] == "fixed" }?["selection"]
        #expect(member?["chosen"]?.arrayValue?.map { $0["count"] } == chosen.map { JSONValue($0.1) })
        #expect(member?["chosen"]?.arrayValue?.first?["of"] == 3 && member?["by_index"] == true)
        // The bound is no choice of a setting.
        let oracle = try #require(board.rows.first { $0.isBound })
        #expect(oracle.selection?.words == nil && oracle.splits == [0, 1, 2])
    }

    @Test func `without the router's kind in per, kinds that were chosen make one row too`() throws {
        let folder = try TemporaryFolder()
        let routers = "routers: [oracle, {kind: fixed, model: [m00, m03]}, cheapest, best-single]"
        let yaml = Self.yaml(per: "dataset, split").split(separator: "\n")
            .map { $0.hasPrefix("routers") ? Substring(routers) : $0 }.joined(separator: "\n")
        var data = try SealedData(Self.dataset, yaml: yaml)
        let board = try data.board(in: folder.path)
        let rows = board.rows.filter { !$0.isBound }
        #expect(rows.count == 1 && rows[0].splits == [0, 1, 2] && rows[0].selection?.configurations == 4)
        #expect(rows[0].selection?.words?.contains(" of 3") == true)
    }

    @Test func `under a fixed test part one setting is chosen for all indices`() throws {
        let folder = try TemporaryFolder()
        let split = "{kind: kfold, folds: 3, test: {fraction: 0.3, fixed: true}, index: [0, 1, 2]}"
        var data = try SealedData(Self.dataset, yaml: Self.yaml(split))
        let board = try data.board(in: folder.path)
        let row = try #require(board.rows.first { $0.routerKind == "fixed" })
        #expect(row.job["router"]?["model"] != nil && row.selection?.isByIndex == false && row.selection?.words == nil)
        #expect(row.splits == [0, 1, 2] && row.flags.isEmpty)
        // The three indices read the same items: one configuration, counted once.
        #expect(row.testReads == 2)
    }

    @Test func `a selection of an earlier version, made by the mean over indices, is flagged leaky`() throws {
        let folder = try TemporaryFolder()
        var data = try SealedData(Self.dataset, yaml: Self.yaml())
        let lock = data.lock
        // As versions before this one chose: one configuration for all indices.
        let model = "m02"
        let cells = lock.evaluationGroups.flatMap { group in
            lock.fit(ofGroup: group).router.parameters["model"] == .string(model)
                ? lock.jobs(ofGroup: group).map(\.cell).filter { lock.isDeferred($0) } : []
        }
        let choice: JSONValue = [
            "per": ["dataset": "one", "router.kind": "fixed"], "configurations": 4, "competing": 4,
            "unread_dev_cells": 0, "candidates": [["configuration": ["router": ["kind": "fixed"]], "dev": 0.5]],
            "cells": .array(cells.map { [JSONValue($0), 1] }),
        ]
        let selection = try FrozenSelection(
            parsing: JSONValue.object([
                "schema": .string(FrozenSelection.schema), "lock_sha256": .string(lock.digest.hex),
                "metric": "accuracy", "on": "dev", "larger_is_better": true,
                "per": ["dataset", "split", "router.kind"], "choices": [choice],
            ]).jsonBytes()
        )
        try data.run { !lock.isDeferred($0) || cells.contains($0) }
        try data.write(to: folder.path, selection: selection)
        let board = try Aggregation([RecordSource(path: folder.path)], lock: lock).board
        let row = try #require(board.rows.first { $0.hasRecord })
        #expect(board.rows.count == 1 && row.flags == [.leaky] && row.splits == [0, 1, 2])
        #expect(row.job["router"]?["model"] == .string(model))
        #expect(String(decoding: board.markdownBytes, as: UTF8.self).contains("leaky"))
    }

    @Test func `merged with an unsealed night, each row keeps its flag and is whole`() throws {
        let folder = try TemporaryFolder()
        var sealed = try SealedData(Self.dataset, yaml: Self.yaml())
        _ = try sealed.board(in: folder.path("sealed"))
        let open = Self.yaml().split(separator: "\n").filter { !$0.hasPrefix("select") }.joined(separator: "\n")
        var unsealed = try SealedData(Self.dataset, yaml: open)
        try unsealed.run { _ in true }
        try unsealed.write(to: folder.path("open"), selection: nil)
        let sources = try ["sealed", "open"].map { try RecordSource(path: folder.path($0)) }
        let board = try Aggregation(sources).board
        let again = try Aggregation(sources.reversed()).board
        #expect(board.jsonBytes == again.jsonBytes && board.markdownBytes == again.markdownBytes)
        let selected = board.rows.filter { $0.selection?.isByIndex == true && $0.routerKind == "fixed" }
        #expect(selected.count == 1 && selected[0].flags.isEmpty)
        let plain = board.rows.filter { $0.selection == nil && $0.routerKind == "fixed" }
        #expect(plain.count == 4 && plain.allSatisfy { $0.splits == [0, 1, 2] && $0.flags == [.unsealed] })
    }

    @Test func `an index whose chosen cell has no record leaves its row incomplete`() throws {
        let folder = try TemporaryFolder()
        var data = try SealedData(Self.dataset, yaml: Self.yaml())
        let lock = data.lock
        try data.run { !lock.isDeferred($0) }
        let selection = try #require(try data.frozen())
        let left = try #require(selection.choices.last?.cells.first?.first)
        let admitted = Set(selection.cells)
        try data.run { admitted.contains($0) && $0 != left }
        try data.write(to: folder.path, selection: selection)
        let board = try Aggregation([RecordSource(path: folder.path)], lock: lock).board
        let row = try #require(board.rows.first { $0.routerKind == "fixed" })
        #expect(board.rows.count == 2 && row.flags == [.incomplete] && row.splits == [0, 1, 2])
    }
}
