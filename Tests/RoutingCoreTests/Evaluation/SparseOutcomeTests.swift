import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import Testing

/// References are chosen by the rule that test counts by: a missing outcome is wrong.
@Suite struct SparseOutcomeTests {
    /// `rare` answers one row in twenty and is always right; `half` every other row; `full` is right on 60 % of all
    /// rows.
    private static let table: OutcomeTable = {
        var (quality, cost): ([Double], [Double]) = ([], [])
        for row in 0..<300 {
            quality += [row % 10 < 6 ? 1 : 0, row % 2 == 0 ? 1 : .nan, row % 20 == 0 ? 1 : .nan]
            cost += [2, row % 2 == 0 ? 3 : .nan, row % 20 == 0 ? 1 : .nan]
        }
        return OutcomeTable(
            models: ["full", "half", "rare"],
            samples: (0..<300).map { Sample(id: "s\($0)", dataset: "d", group: "s\($0)") },
            quality: Matrix(rows: 300, columns: 3, elements: quality),
            cost: Matrix(rows: 300, columns: 3, elements: cost)
        )
    }()

    private static let parts = SplitParts(train: Array(0..<100), dev: Array(100..<200), test: Array(200..<300))

    private func evaluation(_ kind: String, minCoverage: Double = 0.9) throws -> Evaluation {
        let request = FitRequest(
            router: RouterConfiguration(kind: kind, parameters: ["points": 5]),
            mode: .sound,
            streams: RandomStreams(seed: 0, splitIndex: 0, routerKind: kind),
            table: Self.table,
            parts: Self.parts,
            minCoverage: minCoverage
        )
        return try FittedExperiment(fitting: request)
            .evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .exact))
    }

    @Test func `a model that answered few rows is no reference and is named`() throws {
        for kind in ["best-single", "cheapest"] {
            #expect(try evaluation(kind).choices.elements.allSatisfy { $0 == 0 }, "\(kind)")
        }
        #expect(try evaluation("random-mix").choices.elements.allSatisfy { $0 == 0 })
        let reference = try evaluation("best-single").result["reference"]
        #expect(
            reference?["low_coverage"]
                == [["model": "half", "coverage": 0.5], ["model": "rare", "coverage": 0.05]]
        )
        #expect(reference?["c_lo"]?.numberValue == 2 && reference?["c_hi"]?.numberValue == 2)
        #expect(reference?["best"]?["accuracy"]?.numberValue == 0.6)
    }

    @Test func `asked for, it competes with its missing rows as wrong ones`() throws {
        let reference = try evaluation("best-single", minCoverage: 0).result["reference"]
        #expect(reference?["low_coverage"] == nil)
        // Right on all that it answered, which is half: less than 0.6.
        #expect(try evaluation("best-single", minCoverage: 0).choices.elements.allSatisfy { $0 == 0 })
        #expect(try evaluation("cheapest", minCoverage: 0).choices.elements.allSatisfy { $0 == 2 })
        #expect(reference?["c_lo"]?.numberValue == 1 && reference?["c_hi"]?.numberValue == 3)
        let pool = try PoolStatistics(Self.table, train: Self.parts.train, minCoverage: 0)
        #expect(pool.meanQuality == [0.6, 0.5, 0.05] && pool.meanCost == [2, 3, 1])
    }

    @Test func `where no model has the coverage all compete`() throws {
        let sparse = OutcomeTable(
            models: ["half", "rare"],
            samples: Self.table.samples,
            quality: Self.table.quality.columns([1, 2]),
            cost: Self.table.cost.columns([1, 2])
        )
        let pool = try PoolStatistics(sparse, train: Self.parts.train)
        #expect(pool.best == 0 && pool.cheapest == 1 && pool.lowCoverage == [0, 1])
    }
}
