import Aggregator
import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingData
import Scoring
import TestSupport
import Testing

/// What is resampled together, twins, and grids that differ in their statistics.
@Suite struct ClusterDefaultTests {
    /// 40 prompts of five twins, which models answer alike.
    private static func dataset(_ seed: Int, prompts: Int = 40) -> Dataset {
        var generator = Xoshiro256(seed: HashedText.digest(["twins", String(seed)]))
        let right = (0..<prompts * 3).map { _ in generator.fraction() < 0.6 ? 1.0 : 0 }
        let quality = (0..<prompts * 5).flatMap { row in (0..<3).map { right[(row % prompts) * 3 + $0] } }
        return .planted(quality: Matrix(rows: prompts * 5, columns: 3, elements: quality), groups: prompts)
    }

    private static func yaml(groupBy: String, statistics: String = "bootstrap: 300") -> String {
        """
        datasets: {one: one}
        splits: [{kind: random, train: 0.1, dev: 0.1, test: 0.8, group_by: \(groupBy)}]
        routers: [{kind: fixed, model: [m00, m01, m02]}]
        budgets: {rule: threshold, at: exact}
        statistics: {\(statistics)}
        """
    }

    private func board(_ yaml: String, seed: Int = 1, in folder: TemporaryFolder, _ name: String = "one") throws
        -> Leaderboard
    {
        var data = try SealedData(Self.dataset(seed), yaml: yaml)
        return try data.board(in: folder.path(name))
    }

    private func width(_ board: Leaderboard) throws -> Double {
        let interval = try #require(board.rows.first?.interval("accuracy"))
        return interval.high - interval.low
    }

    @Test
    func `prompts are resampled where the split groups by prompt, and another unit only when written and flagged`()
        throws
    {
        let folder = try TemporaryFolder()
        let usual = try board(Self.yaml(groupBy: "prompt"), in: folder, "usual")
        #expect(usual.rows.allSatisfy { $0.cluster == .prompt && !$0.flags.contains(.cluster) })
        let written = try board(
            Self.yaml(groupBy: "prompt", statistics: "bootstrap: 300, cluster: sample"),
            in: folder,
            "written"
        )
        #expect(written.rows.allSatisfy { $0.cluster == .sample && $0.flags.contains(.cluster) })
        #expect(String(decoding: written.markdownBytes, as: UTF8.self).contains("`cluster`: resampled by another unit"))
        // Five twins a prompt: intervals of samples are too narrow by the root of five.
        #expect(try width(usual) > 1.6 * width(written))
        let samples = try board(Self.yaml(groupBy: "sample"), in: folder, "samples")
        #expect(samples.rows.allSatisfy { $0.cluster == .sample && $0.flags.contains(.twins) })
        #expect(!samples.rows.contains { $0.flags.contains(.cluster) })
        #expect(samples.rows.allSatisfy { $0.twinCount == 160 })
        let page = String(decoding: samples.markdownBytes, as: UTF8.self)
        #expect(page.contains("160 items with twins") && page.contains("`twins`: some items have a twin"))
        // tables.json says so to boards that are made again.
        _ = try Aggregation([RecordSource(path: folder.path("samples"))]).publish(
            to: OutputFolder(path: folder.path("again"))
        )
        let again = try Aggregation([RecordSource(path: folder.path("again"))]).board
        #expect(again.rows.allSatisfy { $0.twinCount == 160 && $0.flags.contains(.twins) })
    }

    @Test func `of grids that differ in their statistics the stricter of each is taken, and the board says so`() throws
    {
        let folder = try TemporaryFolder()
        let left = "bootstrap: 300, alpha: 0.1, cluster: prompt"
        _ = try board(Self.yaml(groupBy: "prompt", statistics: left), in: folder, "left")
        let right = "bootstrap: 200, alpha: 0.05, cluster: sample"
        _ = try board(Self.yaml(groupBy: "prompt", statistics: right), seed: 2, in: folder, "right")
        let sources = try ["left", "right"].map { try RecordSource(path: folder.path($0)) }
        let board = try Aggregation(sources).board
        let taken = try #require(board.statistics)
        #expect(taken.bootstrap == 300 && taken.alpha == 0.05 && taken.cluster == .prompt)
        let note =
            "the grids differ in their statistics, so the stricter of each was taken: alpha 0.05 and 0.1, taken 0.05; "
            + "bootstrap 200 and 300, taken 300; cluster prompt and sample, taken prompt"
        #expect(board.notes == [note])
        #expect(String(decoding: board.markdownBytes, as: UTF8.self).contains(note))
        #expect(try JSONValue(parsing: board.jsonBytes, place: "board")["notes"] == [.string(note)])
        #expect(BoardSummary(board).notes == [note])
        #expect(try Aggregation(sources.reversed()).board.jsonBytes == board.jsonBytes)
        // A grid that was named decides, and one alone has nothing to note.
        #expect(try Aggregation([sources[0]]).board.notes.isEmpty)
    }

    @Test func `what the split says is stricter than samples and less strict than prompts`() {
        func settings(_ cluster: GridStatistics.Cluster?) -> GridStatistics {
            var settings = GridStatistics()
            settings.cluster = cluster
            return settings
        }
        #expect(settings(nil).stricter(settings(.sample)).cluster == nil)
        #expect(settings(.prompt).stricter(settings(nil)).cluster == .prompt)
        #expect(settings(.sample).stricter(settings(.prompt)).cluster == .prompt)
    }

    @Test(.tags(.slow)) func `five twins a prompt: equal routers are separated in at most one table of twenty`() throws
    {
        let seeds = plantedSeeds(300)
        let folder = try TemporaryFolder()
        let separated = try seeds.count { seed in
            defer { try? FileManager.default.removeItem(atPath: folder.path("one")) }
            let rows = try board(Self.yaml(groupBy: "prompt", statistics: "seed: \(seed)"), seed: seed, in: folder).rows
            return rows.contains { $0.standing?.rank != 1...3 }
        }
        let interval = Interval.wilson(Double(separated) / Double(seeds.count), of: seeds.count, alpha: 0.05)
        print("twins: tables that separate equals: \(separated) of \(seeds.count)")
        #expect(interval.low <= 0.05, "\(separated) of \(seeds.count)")
    }
}
