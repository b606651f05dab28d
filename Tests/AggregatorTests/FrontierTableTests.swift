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
}
