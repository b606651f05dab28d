import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport
import Testing

/// The oracle of mode `sound` is a bound: whatever the data, no row that is compared with it stands above it.
@Suite struct OracleBoundTests {
    /// Where a larger value wins, and where no router can pass the bound.
    private static let bounded: [CurveMetric] = [.accuracy, .naucShared, .ps, .gain, .apgr, .rankScore]

    private static let kept: [(goal: Double, cost: CurveMetric, quality: CurveMetric)] = [
        (0.95, .costAt95, .qualityAt95), (1, .costAt100, .qualityAt100),
    ]

    private struct Setting {
        let table: OutcomeTable
        let parts: SplitParts
        var random: RandomTables

        /// Rows 0…2 train, then dev, then test; zero costs, ties, missing cells, fractional quality and sentinel costs
        /// occur.
        init(seed: Int) {
            var random = RandomTables(seed: seed)
            let levels = [1, 2, 3, 100][seed % 4]
            let drawn = random.table(
                trainRows: 3 + random.items,
                levels: levels,
                missing: [0, 0.1, 0.4][seed % 3]
            )
            var table = drawn.table
            for cell in table.cost.elements.indices where seed % 5 == 1 && random.generator.below(6) == 0 {
                table.cost.elements[cell] *= 1e9
            }
            for cell in table.quality.elements.indices where seed % 6 > 3 {
                table.quality.elements[cell] *= Double(1 + random.generator.below(4)) / 4
            }
            (self.table, self.random) = (table, random)
            parts = SplitParts(train: [0, 1, 2], dev: Array(3..<3 + random.items), test: drawn.parts.test)
        }

        func request(_ kind: String, _ parameters: [String: JSONValue] = [:]) -> FitRequest {
            FitRequest(
                router: RouterConfiguration(kind: kind, parameters: parameters),
                mode: .sound,
                streams: RandomStreams(seed: 1, splitIndex: 0, routerKind: kind),
                table: table,
                parts: parts
            )
        }
    }

    private func metrics(_ evaluation: Evaluation) -> [CurveMetric: Double] {
        var values: [CurveMetric: Double] = [:]
        for metric in CurveMetric.allCases {
            values[metric] = evaluation.result["metrics"]?[metric.rawValue]?["v"]?.numberValue
        }
        return values
    }

    @Test(arguments: 0..<300)
    func `no competitor stands above the bound, at any budget`(seed: Int) throws {
        var setting = Setting(seed: seed)
        guard (try? EvaluationGround(setting.table, parts: setting.parts, mode: .sound)) != nil else { return }
        let rows = setting.table.samples.count
        var competitors: [(String, FittedExperiment)] = []
        for kind in ["best-single", "cheapest"] {
            competitors.append((kind, try FittedExperiment(fitting: setting.request(kind))))
        }
        for model in setting.table.models {
            let request = setting.request("fixed", ["model": .string(model)])
            competitors.append((model, try FittedExperiment(fitting: request)))
        }
        competitors.append(("mix", try FittedExperiment(fitting: setting.request("random-mix", ["points": 7]))))
        competitors.append(("random", try FittedExperiment(fitting: setting.request("random", ["trials": 4]))))
        for levels in [2, 100] {
            let router = AnsweringRouter(
                quality: setting.random.matrix(rows: rows, levels: levels, missing: 0.05),
                cost: setting.random.matrix(rows: rows, levels: levels)
            )
            competitors.append(("given", try FittedExperiment(request: setting.request("given"), router: router)))
        }
        // A router that reads the answers and stops at some threshold is still no bound.
        var (quality, cost) = (setting.table.quality, setting.table.cost)
        for cell in quality.elements.indices where quality.elements[cell].isNaN {
            (quality.elements[cell], cost.elements[cell]) = (0, 0.5)
        }
        let knowing = AnsweringRouter(quality: quality, cost: cost)
        competitors.append(("knowing", try FittedExperiment(request: setting.request("given"), router: knowing)))
        let oracle = try FittedExperiment(fitting: setting.request("oracle"))
        for part in EvaluationPart.allCases {
            for (rule, budget) in [
                (BudgetRule.threshold, Budget.exact), (.threshold, .relative(0.5)), (.threshold, .amount(0.3)),
                (.penalty, .exact), (.penalty, .amount(0.5)),
            ] {
                let request = EvaluationRequest(part: part, rule: rule, budget: budget)
                let bound = metrics(try oracle.evaluate(request))
                for (name, experiment) in competitors {
                    let values = metrics(try experiment.evaluate(request))
                    for metric in Self.bounded {
                        guard let value = values[metric] else { continue }
                        let limit = try #require(bound[metric], "\(metric.rawValue)")
                        #expect(
                            value <= limit + 1e-12 * max(1, abs(limit)),
                            "seed \(seed), \(part), \(budget), \(name): \(metric.rawValue) \(value) > \(limit)"
                        )
                    }
                    #expect((values[.regret] ?? 0) >= (bound[.regret] ?? .nan) - 1e-12, "seed \(seed)")
                    // The cheapest way to a quality costs at least what the bound says, where that quality is reached.
                    for (goal, cost, quality) in Self.kept {
                        guard let spent = values[cost], let least = bound[cost] else { continue }
                        guard (values[quality] ?? 0) >= goal else { continue }
                        #expect(spent >= least - 1e-12 * max(1, least), "seed \(seed)")
                    }
                }
            }
        }
    }

    @Test(arguments: 0..<60)
    func `the envelope is the upper hull of all policies`(seed: Int) throws {
        let setting = Setting(seed: seed)
        guard let ground = try? EvaluationGround(setting.table, parts: setting.parts, mode: .sound) else { return }
        let outcomes = try ground.outcomes(of: .test)
        guard pow(Double(outcomes.models), Double(outcomes.items)) < 5_000 else { return }
        let oracle = try FittedExperiment(fitting: setting.request("oracle"))
        let evaluation = try oracle.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .exact))
        let corners = outcomes.points(of: evaluation.choices)
        #expect(zip(corners, corners.dropFirst()).allSatisfy { $0.cost < $1.cost && $0.accuracy < $1.accuracy })
        let curve = BudgetCurve(through: corners)
        var policy = [Int](repeating: 0, count: outcomes.items)
        var isOnCurve = [Bool](repeating: false, count: corners.count)
        repeat {
            let point = BruteForce.point(policy, outcomes)
            #expect(point.cost >= corners[0].cost - 1e-9 * abs(corners[0].cost), "seed \(seed)")
            #expect(curve.value(at: point.cost) >= point.accuracy - 1e-9, "seed \(seed): \(point)")
            for (place, corner) in corners.enumerated() where abs(corner.accuracy - point.accuracy) < 1e-12 {
                if abs(corner.cost - point.cost) <= 1e-12 * max(1, corner.cost) { isOnCurve[place] = true }
            }
        } while Self.advance(&policy, models: outcomes.models)
        // Every corner is a policy.
        #expect(isOnCurve.allSatisfy { $0 }, "seed \(seed)")
    }

    private static func advance(_ policy: inout [Int], models: Int) -> Bool {
        for item in policy.indices {
            policy[item] += 1
            if policy[item] < models { return true }
            policy[item] = 0
        }
        return false
    }

    @Test func `an easy set, where dev needs no dear model: nothing is frozen for the bound`() throws {
        // Three models of 92, 95 and 97 % on 120 questions; split after split some router beat a frozen oracle.
        for split in 0..<20 {
            var generator = Xoshiro256(seed: HashedText.digest(["easy", String(split)]))
            let quality = (0..<360).map { generator.uniform() < [0.92, 0.95, 0.97][$0 % 3] ? 1.0 : 0 }
            let table = OutcomeTable(
                models: ["a", "b", "c"],
                samples: (0..<120).map { Sample(id: "s\($0)", dataset: "d", group: "s\($0)") },
                quality: Matrix(rows: 120, columns: 3, elements: quality),
                cost: Matrix(rows: 120, columns: 3, elements: (0..<360).map { [1.0, 5, 20][$0 % 3] })
            )
            let parts = SplitParts(train: Array(0..<72), dev: Array(72..<96), test: Array(96..<120))
            func accuracy(_ kind: String) throws -> Double {
                let request = FitRequest(
                    router: RouterConfiguration(kind: kind, parameters: [:]),
                    mode: .sound,
                    streams: RandomStreams(seed: 0, splitIndex: 0, routerKind: kind),
                    table: table,
                    parts: parts
                )
                let evaluation = try FittedExperiment(fitting: request)
                    .evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .exact))
                return try #require(metrics(evaluation)[.accuracy])
            }
            let best = (96..<120).map { max(quality[3 * $0], quality[3 * $0 + 1], quality[3 * $0 + 2]) }
            #expect(try accuracy("oracle") == exactMean(best))
            #expect(try accuracy("oracle") >= accuracy("best-single"))
        }
    }
}
