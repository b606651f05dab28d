import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData
import Testing

/// One shipped dataset with what VL-RouterBench's router classes gave on it.
struct VLPeerCase: Sendable, CustomTestStringConvertible {
    let name: String
    let table: OutcomeTable
    let parts: SplitParts

    static let all = [PeerCase.digits, PeerCase.mathvision].compactMap { $0 }.compactMap { try? VLPeerCase($0) }

    var testDescription: String { name }

    init(_ peer: PeerCase) throws {
        name = peer.name
        var table = peer.table
        // The golden run divided the costs of this dataset, multiplications, by those of the dearest model.
        if name == "digits_vqa" { for index in table.cost.elements.indices { table.cost.elements[index] /= 17_024 } }
        self.table = table
        parts = SplitParts(
            train: try Self.array(name, "train_idx").integers(),
            dev: try Self.array(name, "dev_idx").integers(),
            test: try Self.array(name, "test_idx").integers()
        )
    }

    private static func array(_ dataset: String, _ golden: String) throws -> NumpyArray {
        try PeerCase.array("vl-routerbench/\(dataset)/\(golden)")
    }

    func array(_ golden: String) throws -> NumpyArray { try Self.array(name, golden) }

    /// The golden choices of a router, one a test row.
    func choices(_ golden: String) throws -> [Int] { try array("pred_\(golden)").integers() }

    func request(
        _ kind: String,
        _ parameters: [String: JSONValue] = [:],
        label: LabelConfiguration? = nil,
        seed: Int = 0
    ) throws -> FitRequest {
        FitRequest(
            router: try RouterCatalog.configure(kind: kind, parameters: parameters),
            mode: .compat,
            modality: .both,
            fusion: FusionConfiguration(kind: "normalize_concat"),
            label: label,
            streams: RandomStreams(seed: seed, splitIndex: 0, routerKind: kind),
            table: table,
            parts: parts
        )
    }

    /// The model chosen for each test row: the first of the highest score.
    func chosen(by router: any FittedRouter) throws -> [Int] {
        switch try router.output(for: parts.test, of: table, modality: nil) {
        case .policies(let policies): return policies[0]
        case .scores(let scores), .predictions(let scores, _):
            return (0..<scores.rows).map { row in
                (1..<scores.columns).reduce(0) { scores[row, $1] > scores[row, $0] ? $1 : $0 }
            }
        }
    }

    func scores(of router: any FittedRouter) throws -> Matrix<Double> {
        guard case .scores(let scores) = try router.output(for: parts.test, of: table, modality: nil) else {
            return Matrix(repeating: .nan, rows: parts.test.count, columns: table.models.count)
        }
        return scores
    }
}

extension VLPeerCase {
    /// Accuracy, mean cost and Rank Score on the test part.
    typealias Score = (accuracy: Double, cost: Double, rankScore: Double)

    /// What the peer wrote about a result of its own, nil when it has none of that name.
    func result(_ golden: String) throws -> Score? {
        let bytes = try FileBytes.read(GoldenFiles.path("vl-routerbench/\(name)/results.json"))
        let result = try JSONValue(parsing: bytes, place: "results.json")[golden]
        guard let accuracy = result?["accuracy"]?.numberValue, let cost = result?["avg_cost"]?.numberValue,
            let rankScore = result?["rank_score"]?.numberValue
        else { return nil }
        return (accuracy, cost, rankScore)
    }

    /// What the core makes of a choice for each test row.
    func score(_ chosen: [Int]) throws -> Score {
        var request = try request("fixed", ["model": .string(table.models[0])])
        request.parts.dev = []
        let fixed = GivenChoices(choices: Dictionary(uniqueKeysWithValues: zip(parts.test, chosen)))
        let evaluation = try FittedExperiment(request: request, router: fixed)
            .evaluate(EvaluationRequest(part: .test, rule: .softLabel, budget: .exact))
        func metric(_ name: String) -> Double { evaluation.result["metrics"]?[name]?["v"]?.numberValue ?? .nan }
        return (metric("accuracy"), metric("mean_cost"), metric("rank_score"))
    }

    /// A router whose choices are given, by row.
    private struct GivenChoices: FittedRouter {
        let choices: [Int: Int]

        func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput {
            .policies([rows.map { choices[$0] ?? 0 }])
        }
    }
}

/// The share of places where two choices agree.
func agreement(_ left: [Int], _ right: [Int]) -> Double {
    guard left.count == right.count, !left.isEmpty else { return 0 }
    return Double(zip(left, right).filter { $0 == $1 }.count) / Double(left.count)
}
