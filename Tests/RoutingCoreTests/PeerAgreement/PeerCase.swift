import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData
import Testing

/// One shipped dataset with what MMR-Bench's code gave on it: the peer's split, fits in mode `compat`, golden arrays.
struct PeerCase: Sendable, CustomTestStringConvertible {
    let name: String
    let table: OutcomeTable
    let parts: SplitParts

    static let digits = try? PeerCase("digits_vqa")
    static let mathvision = try? PeerCase("mathvision15")
    static let both = [digits, mathvision].compactMap { $0 }

    var testDescription: String { name }

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    init(_ name: String) throws {
        self.name = name
        let dataset = try Dataset.load(folder: Self.root.appending(path: "jobs/data/\(name)").path)
        table = try dataset.table(text: dataset.text.keys.first, image: dataset.image.keys.first)
        parts = SplitParts(
            train: try Self.array("\(name)/train_idx").integers(),
            dev: [],
            test: try Self.array("\(name)/test_idx").integers()
        )
    }

    static func array(_ path: String) throws -> NumpyArray {
        try NumpyArray(file: root.appending(path: "Tests/RoutingCoreTests/Golden/\(path).npy").path)
    }

    func matrix(_ golden: String) throws -> Matrix<Double> { try Self.array("\(name)/\(golden)").doubleMatrix() }

    /// A fit as the peer makes it, parameters of the catalog's defaults but for those given.
    func request(
        _ kind: String,
        _ parameters: [String: JSONValue] = [:],
        modality: Modality = .both,
        seed: Int = 0
    ) throws -> FitRequest {
        FitRequest(
            router: try RouterCatalog.configure(kind: kind, parameters: parameters),
            mode: .compat,
            modality: modality,
            fusion: FusionConfiguration(kind: "mean"),
            streams: RandomStreams(seed: seed, splitIndex: 0, routerKind: kind),
            table: table,
            parts: parts
        )
    }

    /// nAUC and Ps of a fit on the peer's test part, by every threshold.
    func curve(of request: FitRequest, router: (any FittedRouter)? = nil) throws -> (nAUC: Double, ps: Double) {
        let experiment = try FittedExperiment(request: request, router: router ?? RouterFitting.fit(request))
        let evaluation = try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .exact))
        let metrics = evaluation.result["metrics"]
        return (
            metrics?["nauc_own"]?["v"]?.numberValue ?? .nan,
            metrics?["ps"]?["v"]?.numberValue ?? .nan
        )
    }

    /// What the peer printed for a router.
    func summary(_ router: String, mode: String = "22") throws -> [(nAUC: Double, ps: Double)] {
        let place = "Tests/RoutingCoreTests/Golden/\(name)/summary.json"
        let text = try Data(contentsOf: Self.root.appending(path: place))
        let rows = try JSONValue(parsing: text, place: place).arrayValue ?? []
        return rows.filter { $0["router"]?.stringValue == router && $0["mode"]?.stringValue == mode }
            .map { ($0["nAUC"]?.numberValue ?? .nan, $0["Ps"]?.numberValue ?? .nan) }
    }
}

/// The largest absolute difference of two tables of numbers.
func largestDifference(_ left: Matrix<Double>, _ right: Matrix<Double>) -> Double {
    guard left.rows == right.rows, left.columns == right.columns else { return .infinity }
    return zip(left.elements, right.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

/// The largest value of a table, to scale a tolerance by.
func largestMagnitude(_ values: Matrix<Double>) -> Double { values.elements.reduce(0) { max($0, abs($1)) } }

extension FittedRouter {
    /// Predictions for some rows, or empty tables when the router makes none.
    func predictions(_ rows: [Int], _ table: OutcomeTable) throws -> (quality: Matrix<Double>, cost: Matrix<Double>) {
        guard case .predictions(let quality, let cost) = try output(for: rows, of: table, modality: nil) else {
            return (Matrix(repeating: 0, rows: 0, columns: 0), Matrix(repeating: 0, rows: 0, columns: 0))
        }
        return (quality, cost)
    }
}
