import Catalog
import RoutingData
import Scoring
import Testing

@Suite struct ChoiceMetricsTests {
    /// Four items, three models: both dear ones solve the first, the dearest alone the second, all the third, none the
    /// fourth.
    private static func outcomes() throws -> ItemOutcomes {
        let table = OutcomeTable(
            models: ["cheap", "middle", "dear"],
            samples: (0..<4).map { Sample(id: "\($0)", dataset: "d", group: "\($0)") },
            quality: Matrix(rows: 4, columns: 3, elements: [0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0]),
            cost: Matrix(rows: 4, columns: 3, elements: [1, 2, 4, 1, 2, 4, 1, 2, 4, 1, 2, 4])
        )
        return ItemOutcomes(table, rows: [0, 1, 2, 3], pool: try PoolStatistics(table, train: [0, 1, 2, 3]))
    }

    private static func metrics(_ choices: [ModelNumber], accuracy: Double, best: Double = 0.5) throws -> ChoiceMetrics
    {
        let outcomes = try outcomes()
        let reference = CurveReference(
            mode: .sound,
            lowestCost: 1,
            highestCost: 4,
            strongCost: 4,
            cheapest: OperatingPoint(cost: 1, accuracy: 0.25),
            best: OperatingPoint(cost: 2, accuracy: best),
            oracleAccuracy: outcomes.oracleAccuracy,
            rankBounds: nil,
            picks: .unpicked(why: "no dev")
        )
        return ChoiceMetrics(choices, on: outcomes, accuracy: accuracy, reference: reference)
    }

    @Test func `choices of the cheapest model that solves an item are the best there are`() throws {
        let found = try Self.metrics([1, 2, 0, 0], accuracy: 0.75)
        #expect(found.values.map(\.value) == [.value(1), .value(1), .value(1), .value(1)])
        #expect(found.values.map(\.name) == ["opt_sel", "opt_cost", "opt_acc", "gap_closed"])
    }

    @Test func `a dear choice costs, a wrong one is none, and what no model solves does not count`() throws {
        // Of three items that can be solved: too dear, wrong and cheaper, best.
        let found = try Self.metrics([2, 0, 0, 2], accuracy: 0.5, best: 0.625)
        #expect(found.bestSelected == .value(1.0 / 3))
        #expect(found.costRatio == .value(5.5 / 3))
        #expect(found.accuracyRatio == .value(0.5 / 0.75))
        #expect(found.gapClosed == .value(-1))
    }

    @Test func `an item without an answer is not the best choice, and no gap cannot be closed`() throws {
        let found = try Self.metrics([3, 2, 0, 3], accuracy: 0.5, best: 0.75)
        #expect(found.bestSelected == .value(2.0 / 3))
        #expect(found.gapClosed == .absent(why: "the oracle is not more accurate than the best single model"))
    }
}
