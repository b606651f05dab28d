import Aggregator
import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport
import Testing

/// Two rows beside a paired bootstrap made by hand (`Tests/Reference/comparisons.py`).
@Suite struct RowComparisonTests {
    /// The choosers of the reference, as a table: some train and dev rows, then its items as the test part.
    private struct Golden {
        let json: JSONValue

        init() throws {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            let path = folder.appendingPathComponent("Golden/comparisons.json").path
            json = try JSONValue(parsing: try #require(FileManager.default.contents(atPath: path)), place: path)
        }

        func numbers(_ name: String) -> [Double] { json[name]?.arrayValue?.compactMap(\.numberValue) ?? [] }
        func integers(_ name: String) -> [Int] { json[name]?.arrayValue?.compactMap(\.integerValue) ?? [] }
        func matrix(_ name: String) -> [[Double]] {
            json[name]?.arrayValue?.map { $0.arrayValue?.compactMap(\.numberValue) ?? [] } ?? []
        }

        /// A board with the two choosers.
        func board(_ groupBy: Split.GroupBy, in folder: String) throws {
            let (groups, quality, cost) = (integers("group"), matrix("quality"), matrix("cost"))
            let others = 60
            var samples: [Sample] = []
            var (right, charged): ([Double], [Double]) = ([], [])
            for number in 0..<others {
                samples.append(Sample(id: "o\(number)", dataset: "other", group: "o\(number)"))
                right += [Double(number % 2), 1, number % 3 == 0 ? 1 : 0]
                charged += [1, 4, 9]
            }
            for (number, group) in groups.enumerated() {
                samples.append(Sample(id: "i\(number)", dataset: "items", group: "g\(group)"))
                right += quality[number]
                charged += cost[number]
            }
            let table = OutcomeTable(
                models: ["m0", "m1", "m2"],
                samples: samples,
                quality: Matrix(rows: samples.count, columns: 3, elements: right),
                cost: Matrix(rows: samples.count, columns: 3, elements: charged)
            )
            let split = Split(
                kind: .heldOut(train: ["other"], test: ["items"], dev: 0.3, groupBy: groupBy),
                seed: 1,
                index: 0
            )
            var records = PlantedRecords(table)
            let filler = [UInt8](repeating: 0, count: others)
            for (number, name) in ["a", "b"].enumerated() {
                try records.add(
                    choices: filler + integers(name).map { UInt8($0) },
                    number: number + 1,
                    split: split
                )
            }
            let cluster = groupBy == .prompt ? "prompt" : "sample"
            records.statistics = ["bootstrap": 200, "alpha": 0.05, "cluster": .string(cluster), "seed": 1]
            try records.write(to: folder)
        }
    }

    private func comparison(_ golden: Golden, _ groupBy: Split.GroupBy) throws -> RowComparison {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try golden.board(groupBy, in: folder.path)
        let board = try RecordedBoard(path: folder.path)
        return try RowComparison(
            (board, "random-trials-1"),
            (board, "random-trials-2"),
            metrics: [.accuracy, .meanCost],
            budget: .greatestFiniteMagnitude
        )
    }

    @Test(arguments: [Split.GroupBy.sample, .prompt])
    func `intervals of differences are those of a paired bootstrap by hand`(groupBy: Split.GroupBy) throws {
        let golden = try Golden()
        let found = try comparison(golden, groupBy)
        #expect(found.remark == nil)
        let expected = golden.json[groupBy == .sample ? "by_item" : "by_group"]?.arrayValue ?? []
        for (metric, name) in zip(found.metrics, ["accuracy", "mean_cost"]) {
            let reference = expected[name == "accuracy" ? 0 : 1]
            let sd = try #require(reference["sd"]?.numberValue)
            #expect(abs(metric.value - (golden.json[name]?.numberValue ?? 0)) < 1e-9)
            let interval = try #require(metric.interval)
            // The Monte Carlo error of a 2.5 % quantile of 4,000 resamples, four times; accuracies come in steps.
            let error = 4 * sd * (0.025 * 0.975 / Double(RowComparison.replicates)).squareRoot() / 0.0584
            let step = name == "accuracy" ? 1.0 / 400 : 0
            #expect(abs(interval.low - (reference["lo"]?.numberValue ?? 0)) < error + step, "\(name) \(interval)")
            #expect(abs(interval.high - (reference["hi"]?.numberValue ?? 0)) < error + step, "\(name) \(interval)")
            #expect(abs((metric.standardError ?? 0) / sd - 1) < 0.05)
        }
    }

    @Test func `items that stand alone are tested by McNemar, those in clusters are not`() throws {
        let golden = try Golden()
        let alone = try #require(try comparison(golden, .sample).equalBudget)
        let (a, b) = (golden.json["only_a"]?.integerValue ?? 0, golden.json["only_b"]?.integerValue ?? 0)
        #expect(alone.isExact)
        #expect(alone.counts?.onlyFirst == a)
        #expect(alone.counts?.onlySecond == b)
        let expected = golden.json["mcnemar"]?.arrayValue?.first?.arrayValue?.last?.numberValue
        #expect(alone.pValue == expected || abs(alone.pValue / (expected ?? 0) - 1) < 1e-12)
        let clustered = try #require(try comparison(golden, .prompt).equalBudget)
        #expect(!clustered.isExact)
        #expect(clustered.remark == "items come in clusters")
        #expect(clustered.counts?.onlyFirst == a)
        // The items with the largest effect come first, and those on which the rows agree are none.
        let effects = alone.items.map { abs($0.first.accuracy - $0.second.accuracy) }
        #expect(effects == effects.sorted(by: >))
        #expect(effects.first == 1)
    }

    @Test func `exact p-values are SciPy's`() throws {
        for entry in try Golden().matrix("mcnemar") {
            let p = McNemarTest.pValue(onlyFirst: Int(entry[0]), onlySecond: Int(entry[1]))
            #expect(abs(p / entry[2] - 1) < 1e-10, "\(entry)")
        }
    }

    @Test func `a row is called by its slug, and a wrong name lists the nearest`() throws {
        let golden = try Golden()
        let folder = try TemporaryFolder()
        try golden.board(.sample, in: folder.path)
        let names = RowNames(try RecordedBoard(path: folder.path).board)
        #expect(names.entries.map(\.slug).sorted() == ["planted/random-trials-1", "planted/random-trials-2"])
        #expect(try names.find("1", on: "here").number == 1)
        #expect(try names.find("planted/random (trials=2)", on: "here").router == "random (trials=2)")
        let unknown = #expect(throws: RouteGridError.self) { try names.find("random-trials-3", on: "here") }
        #expect(unknown?.code == .usage)
        #expect(unknown?.message.contains("planted/random-trials-") == true)
        let several = #expect(throws: RouteGridError.self) { try names.find("random", on: "here") }
        for number in 1...2 { #expect(several?.message.contains("planted/random-trials-\(number)") == true) }
    }
}
