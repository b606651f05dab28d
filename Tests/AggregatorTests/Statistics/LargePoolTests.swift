import Aggregator
import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import TestSupport
import Testing

@Suite struct LargePoolTests {
    @Test func `a pool of a thousand models has a board with intervals`() throws {
        var generator = Xoshiro256(seed: HashedText.digest(["a thousand models"]))
        let (rows, models) = (90, 1_000)
        func matrix(_ value: (Int) -> Double) -> Matrix<Double> {
            Matrix(rows: rows, columns: models, elements: (0..<rows * models).map(value))
        }
        let table = OutcomeTable(
            models: (0..<models).map { "m\($0)" },
            samples: (0..<rows).map { Sample(id: "s\($0)", dataset: "d", group: "s\($0)") },
            quality: matrix { generator.uniform() < 0.3 + 0.5 * Double($0 % models) / Double(models) ? 1 : 0 },
            cost: matrix { 1 + Double($0 % models) / 100 }
        )
        var records = PlantedRecords(table)
        records.statistics = ["bootstrap": 100, "alpha": 0.05, "cluster": "sample", "seed": 1]
        let split = Split(kind: .random(train: 0.4, dev: 0.3, test: 0.3, groupBy: .sample), seed: 1, index: 0)
        let answers = (0..<rows).map { _ in generator.below(models) }
        try records.add(
            RouterConfiguration(kind: "random", parameters: ["trials": 1]),
            split: split,
            router: PlantedRouter { rows in .policies([rows.map { answers[$0] }]) }
        )
        try records.add(RouterConfiguration(kind: "best-single", parameters: [:]), split: split)
        #expect(records.lines.allSatisfy { $0.contains("\"dtype\":\"u16\"") })
        let board = try records.board()
        #expect(board.remarks.isEmpty)
        #expect(board.rows.count == 2)
        for row in board.rows { #expect(row.interval("accuracy") != nil && row.interval("nauc_shared") != nil) }
    }
}
