import Aggregator
import Foundation
import PlantedTrials
import Report
import RouteGridBase
import Scoring
import Testing

@Suite struct SliceTests {
    /// Dataset `x<b>`, where only the cheap model is right, and `y`, where only the dear one is.
    private static func board(
        datasets: [String] = ["x<b>", "y"],
        split: String = "",
        seeds: String = "[0]"
    ) throws -> Leaderboard {
        var generator = Xoshiro256(trial: "slices", seed: 1, table: 0)
        var table = PlantedTable(models: 2)
        for row in 0..<300 {
            let isFirst = row % 3 == 0
            table.add(
                "row \(row)",
                dataset: datasets[isFirst ? 0 : datasets.count - 1],
                prompt: "prompt \(row / 2)",
                quality: isFirst ? [1, 0] : [0, 1],
                cost: [1, 8],
                text: [Float(isFirst ? 1 : -1) + Float(generator.normal())] + generator.noise(3)
            )
        }
        return try InProcessRun(
            table,
            grid: """
                splits: [{kind: random, train: 0.4, dev: 0.2, test: 0.4, seed: 1\(split)}]
                modality: [text]
                routers: [{kind: knn, k: 9}, {kind: kmeans, clusters: 4}, cheapest, best-single, oracle]
                seeds: \(seeds)
                budgets: {rule: threshold, at: exact}
                """
        ).board()
    }

    private static func row(_ kind: String, of board: Leaderboard) throws -> BoardRow {
        try #require(board.rows.first { $0.routerKind == kind })
    }

    @Test func `slices are of the choices at the largest budget, and add up to the row`() throws {
        let board = try Self.board()
        #expect(board.rows.count >= 5)
        for row in board.rows {
            let slices = try #require(row.slices?.slices, "\(row.routerKind)")
            #expect(slices.map(\.name) == ["dataset:x<b>", "dataset:y"])
            let items = slices.reduce(0) { $0 + $1.count }
            #expect(items == row.itemCount)
            func mean(_ value: (RowSlices.Slice) -> Double) -> Double {
                slices.reduce(0) { $0 + value($1) * Double($1.count) } / Double(items)
            }
            let (accuracy, cost) = (try #require(row.value("accuracy")), try #require(row.value("mean_cost")))
            let (found, spent) = (mean(\.accuracy), mean(\.cost))
            #expect(abs(found - accuracy) < 1e-12 && abs(spent - cost) < 1e-12, "\(row.routerKind)")
            for slice in slices {
                #expect(slice.interval.low <= slice.accuracy && slice.accuracy <= slice.interval.high)
            }
        }
        let cheapest = try #require(try Self.row("cheapest", of: board).slices).slices
        #expect(cheapest.map(\.accuracy) == [1, 0] && cheapest.map(\.cost) == [1, 1])
        // Nothing is certain of a slice that happens to be all right or all wrong.
        #expect(cheapest[0].interval.low < 0.97 && cheapest[0].interval.low > 0.7 && cheapest[1].interval.high > 0.02)
    }

    @Test func `rows of several seeds and splits have slices, each item counted once`() throws {
        let board = try Self.board(split: ", index: [0, 1]", seeds: "[0, 1]")
        let row = try Self.row("kmeans", of: board)
        #expect(row.runs.count == 4)
        let slices = try #require(row.slices).slices
        for slice in slices {
            #expect(slice.count <= 200 && slice.clusters == slice.count, "\(slice)")
            #expect(slice.interval.low <= slice.accuracy && slice.accuracy <= slice.interval.high)
        }
        let oracle = try #require(try Self.row("oracle", of: board).slices).slices
        #expect(oracle.map(\.accuracy) == [1, 1])
    }

    @Test func `prompts that are drawn together count as one`() throws {
        let apart = try #require(try Self.row("knn", of: try Self.board()).slices).slices
        let together = try #require(try Self.row("knn", of: try Self.board(split: ", group_by: prompt")).slices).slices
        let (all, second) = (try #require(apart.last), try #require(together.first { $0.name == "dataset:y" }))
        #expect(all.clusters == all.count)
        #expect(second.clusters < second.count)
    }

    @Test func `slices.csv has a line a row and slice, and items of one kind have none`() throws {
        let board = try Self.board()
        let lines = String(decoding: board.sliceBytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1 + 2 * board.rows.count)
        #expect(lines[0].hasPrefix("table,dataset,part,row,place,name,cost_unit,slice,n,clusters,accuracy,lo,hi,cost"))
        let widths = Set(lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).count })
        #expect(widths == [14])
        let plain = try Self.board(datasets: ["x"])
        #expect(plain.rows.allSatisfy { $0.slices == nil })
        #expect(String(decoding: plain.sliceBytes, as: UTF8.self).split(separator: "\n").count == 1)
        let page = String(decoding: ReportFiles.html(of: plain), as: UTF8.self)
        #expect(!page.contains("By slices of the items"))
    }

    @Test func `the report shows slices beside the best single model, whatever they are called`() throws {
        let page = String(decoding: ReportFiles.html(of: try Self.board()), as: UTF8.self)
        #expect(MarkupReader(MarkupReader.page(page)).failure == nil)
        #expect(page.contains("By slices of the items") && page.contains("dataset:x&lt;b&gt;"))
        #expect(!page.contains("x<b>"))
        #expect(page.contains("href=\"slices.csv\""))
    }
}
