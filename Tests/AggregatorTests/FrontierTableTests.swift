import Aggregator
import Foundation
import RouteGridBase
import TestSupport
import Testing

@Suite struct FrontierTableTests {
    @Test func `points that nothing beats are marked, within the row and within the section`() throws {
        var cheap = RecordFixture.knn(1, shared: 0.5)
        cheap.points = [
            ["id": 0, "threshold": 1, "cost": 1, "accuracy": 0.5],
            ["id": 1, "threshold": 2, "cost": 3, "accuracy": 0.625],
        ]
        var good = RecordFixture.knn(2, shared: 0.25)
        good.points = [["id": 0, "threshold": 2, "cost": 2, "accuracy": 0.75]]
        var oracle = RecordFixture.knn(3, shared: 1)
        oracle.router = ["kind": "oracle"]
        oracle.points = [["id": 0, "threshold": 2, "cost": 0.5, "accuracy": 1]]
        let folder = try TemporaryFolder()
        try RecordFixture.write([cheap, good, oracle], to: folder.path("records.jsonl"))
        let board = try Aggregation([RecordSource(path: folder.path("records.jsonl"))]).board
        let lines = String(decoding: FrontierTable(board).csvBytes, as: UTF8.self).split(separator: "\n")
        let marks = lines.dropFirst().map { $0.split(separator: ",").suffix(2).joined() }
        // knn 1: first on both, second only on its own; knn 2: both; the oracle bounds and is on no pool frontier.
        #expect(marks == ["11", "10", "11", "10"])
        #expect(lines[0].hasSuffix("point,threshold,lambda,cost,accuracy,own_frontier,pool_frontier"))
        let json = try JSONValue(parsing: FrontierTable(board).jsonBytes, place: "frontier.json")
        #expect(json["curves"]?.arrayValue?.count == 3)
        #expect(json["curves"]?.arrayValue?.first?["points"]?.arrayValue?.first?["pool_frontier"] == true)
    }

    @Test func `runs of one row are curves of their own, and the pool's frontier is each split's`() throws {
        let runs = [(0, 1, 0.5), (0, 2, 0.75), (1, 1, 0.25)].map { split, seed, accuracy in
            var run = RecordFixture.knn(1, shared: 0.5)
            run.splitIndex = Int64(split)
            run.seed = JSONValue(seed)
            run.points = [["id": 0, "threshold": 1, "cost": 1, "accuracy": .double(accuracy)]]
            return run
        }
        let folder = try TemporaryFolder()
        try RecordFixture.write(runs, to: folder.path("records.jsonl"))
        let board = try Aggregation([RecordSource(path: folder.path("records.jsonl"))]).board
        #expect(board.rows.count == 1)
        let json = try JSONValue(parsing: FrontierTable(board).jsonBytes, place: "frontier.json")
        let curves = json["curves"]?.arrayValue ?? []
        #expect(curves.map { $0["split"]?["index"]?.integerValue } == [0, 0, 1])
        #expect(curves.map { $0["seed"]?.integerValue } == [1, 2, 1])
        #expect(curves.map { $0["points"]?.arrayValue?.first?["pool_frontier"] } == [false, true, true])
    }
}
