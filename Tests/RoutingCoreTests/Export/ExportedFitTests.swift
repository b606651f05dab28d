import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import Testing

/// Routers written to a file and read back choose as they did.
@Suite struct ExportedFitTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let kind: String
        var parameters: [String: JSONValue] = [:]
        var rule = BudgetRule.threshold
        var modality: Modality? = .text
        var mode = EvaluationMode.sound
        var fusion: String?
        var budget = Budget.exact
        var testDescription: String { "\(kind) \(rule.rawValue) \(modality?.rawValue ?? "none") \(mode.rawValue)" }
    }

    private static let transformer: [String: JSONValue] = ["epochs": 2, "width": 8, "heads": 2, "feedforward": 16]

    static let cases = [
        Case(kind: "linear"), Case(kind: "linear", rule: .penalty, modality: .both, fusion: "concat"),
        Case(kind: "linear", modality: .image, budget: .relative(0.5)),
        Case(kind: "linearmf", parameters: ["rank": 3]), Case(kind: "kmeans", parameters: ["clusters": 5]),
        Case(kind: "kmeansnew", parameters: ["clusters": 4]),
        Case(kind: "knn", parameters: ["k": 7], modality: .both, fusion: "normalize_concat"),
        Case(kind: "knn", parameters: ["k": 5, "metric": "euclidean"], rule: .penalty),
        Case(kind: "mlp", parameters: ["hidden": [8], "epochs": 2]),
        Case(kind: "mlpmf", parameters: ["hidden": [8], "latent": 3, "epochs": 2]),
        Case(kind: "softmax", rule: .softLabel), Case(kind: "ovr", rule: .softLabel),
        Case(kind: "mlp-soft", parameters: ["hidden": [8], "epochs": 3], rule: .softLabel),
        Case(kind: "kmeansnew", parameters: ["clusters": 4], modality: .both),
        Case(kind: "linear", modality: .both, fusion: "adaptive"),
        Case(kind: "cmr", parameters: transformer), Case(kind: "cmr", parameters: transformer, modality: .both),
        Case(kind: "cmr", parameters: transformer, modality: .image, mode: .compat),
        Case(kind: "knn-label", rule: .softLabel), Case(kind: "prknn", rule: .softLabel),
        Case(kind: "prototype", rule: .softLabel, modality: .both, fusion: "concat"),
        Case(kind: "cosinecls-frozen", parameters: ["epochs": 3, "width": 8], rule: .softLabel),
        Case(kind: "routerdc-frozen", parameters: ["epochs": 3, "width": 8], rule: .softLabel),
        Case(kind: "zooter-frozen", parameters: ["epochs": 3], rule: .softLabel, modality: .image),
        Case(kind: "vlc-frozen", parameters: ["epochs": 3], rule: .softLabel),
        Case(kind: "best-single", modality: nil), Case(kind: "best-single", modality: nil, budget: .relative(0.5)),
        Case(kind: "strongest", modality: nil, budget: .relative(0.7)), Case(kind: "cheapest", modality: nil),
        Case(kind: "fixed", parameters: ["model": "b"], modality: nil),
        Case(kind: "fixed", parameters: ["model": "c"], modality: nil, mode: .compat),
        Case(kind: "random", parameters: ["trials": 3], modality: nil),
        Case(kind: "random", modality: nil, budget: .relative(0.6)),
        Case(kind: "random", parameters: ["trials": 4], modality: nil, mode: .compat),
        Case(kind: "random-mix", parameters: ["points": 5], modality: nil),
        Case(kind: "random-mix", modality: nil, budget: .relative(0.6)),
    ]

    /// 90 rows with answers that depend on their embeddings; some are missing.
    private static func table() -> (OutcomeTable, SplitParts) {
        var generator = Xoshiro256(seed: Digest(hashing: Array("exported fits".utf8)))
        func floats(_ columns: Int) -> Matrix<Float> {
            let values = (0..<90 * columns).map { _ in Float(generator.uniform() * 2 - 1) }
            return Matrix(rows: 90, columns: columns, elements: values)
        }
        let (text, image) = (floats(6), floats(5))
        var quality = Matrix<Double>(repeating: 0, rows: 90, columns: 4)
        var cost = quality
        for row in 0..<90 {
            for model in 0..<4 {
                let skill = 0.3 + 0.15 * Double(model) + 0.4 * Double(text[row, model] + image[row, model])
                quality[row, model] = generator.uniform() < skill ? 1 : 0
                cost[row, model] = Double(model + 1) * (1 + generator.uniform()) / 64
                if row % 11 == model { (quality[row, model], cost[row, model]) = (.nan, .nan) }
            }
        }
        let table = OutcomeTable(
            models: ["a", "b", "c", "d"],
            samples: (0..<90).map { Sample(id: "s\($0)", dataset: "d", group: "g\($0)") },
            quality: quality,
            cost: cost,
            text: text,
            image: image
        )
        return (table, SplitParts(train: Array(0..<50), dev: Array(50..<65), test: Array(65..<90)))
    }

    private static func experiment(_ row: Case) throws -> FittedExperiment {
        let (table, parts) = table()
        let request = FitRequest(
            router: try RouterCatalog.configure(kind: row.kind, parameters: row.parameters, place: "test"),
            mode: row.mode,
            modality: row.modality,
            fusion: try row.fusion.map { try FusionCatalog.configure(kind: $0, parameters: [:], place: "test") },
            label: row.rule == .softLabel ? LabelConfiguration(lambda: 1) : nil,
            streams: RandomStreams(seed: 1, splitIndex: 0, routerKind: row.kind),
            table: table,
            parts: parts
        )
        return try FittedExperiment(fitting: request)
    }

    private static func request(_ row: Case) -> EvaluationRequest {
        let isSoft = row.rule == .softLabel
        return EvaluationRequest(part: .test, rule: row.rule, budget: isSoft ? .amount(1) : row.budget)
    }

    @Test(arguments: cases) func `a router that is read back makes the choices of its evaluation`(_ row: Case) throws {
        let experiment = try Self.experiment(row)
        let evaluation = try experiment.evaluate(Self.request(row))
        let bytes = try experiment.exported([Self.request(row)], facts: [:])
        #expect(try bytes == Self.experiment(row).exported([Self.request(row)], facts: [:]))
        let fit = try ExportedFit(bytes: bytes, place: "fit")
        let (table, parts) = Self.table()
        func choices(_ budget: Double? = nil) throws -> [Int] {
            try fit.choices(
                text: fit.reads(.text) ? table.text?.rows(parts.test) : nil,
                image: fit.reads(.image) ? table.image?.rows(parts.test) : nil,
                count: parts.test.count,
                budget: budget
            )
        }
        let point = evaluation.result["metrics"]?["accuracy"]?["at"]?.integerValue ?? -1
        #expect(try choices() == evaluation.choices.row(point).map(Int.init))
        // Every other point as well, by its budget.
        guard fit.takesBudget else { return }
        let name = row.rule == .penalty ? "lambda" : "threshold"
        for (place, listed) in (evaluation.result["points"]?.arrayValue ?? []).enumerated() {
            let budget = try #require(listed[name]?.numberValue)
            #expect(try choices(budget) == evaluation.choices.row(place).map(Int.init), "\(name) \(budget)")
        }
    }

    @Test func `bytes that are cut off or changed are bad input`() throws {
        let row = Case(kind: "linear")
        let bytes = try Self.experiment(row).exported([Self.request(row)], facts: [:])
        for count in stride(from: 0, to: bytes.count, by: 37) {
            #expect(throws: RouteGridError.self) { try ExportedFit(bytes: Array(bytes[..<count]), place: "fit") }
        }
        let text = String(decoding: bytes, as: Unicode.ASCII.self)
        #expect(text.contains("routegrid/fit/v1"))
        let changes = [("fit/v1", "fit/v9"), ("linear", "linexr"), ("sound", "sxund")]
        for (old, new) in changes {
            var changed = bytes
            let start = try #require(bytes.indices.first { bytes[$0...].starts(with: Array(old.utf8)) })
            changed.replaceSubrange(start..<start + old.utf8.count, with: Array(new.utf8))
            #expect(throws: RouteGridError.self, "\(new)") { try ExportedFit(bytes: changed, place: "fit") }
        }
    }

    @Test func `every kind is written or refused with a reason`() throws {
        let refused = RouterCatalog.descriptors.map(\.kind).filter { ExportedFit.refusal($0) != nil }
        #expect(refused.sorted() == ["oracle", "recorded", "strongest-per-dataset"])
        #expect(refused.allSatisfy { ExportedFit.refusal($0)?.contains("does not write") == false })
        let written = Set(Self.cases.map(\.kind))
        // A program's fit is written where it is kept, which takes a program.
        let all = written.union(refused).union([RouterCatalog.programKind])
        #expect(all == Set(RouterFitting.kinds), "each other kind is written here")
        #expect(written.isDisjoint(with: refused))
    }
}
