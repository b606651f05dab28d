import Catalog
import RouteGridBase
import RoutingCore
import RoutingData

/// What revisions are fingerprinted on: 60 samples, 4 models, outcomes that follow the embeddings, two missing cells.
enum FingerprintFixture {
    static let parts = SplitParts(train: Array(0..<30), dev: Array(30..<45), test: Array(45..<60))

    static let table: OutcomeTable = {
        var generator = Xoshiro256(seed: HashedText.digest(["fingerprints"]))
        func floats(_ width: Int) -> Matrix<Float> {
            let values = (0..<60 * width).map { _ in Float(generator.uniform() - 0.5) }
            return Matrix(rows: 60, columns: width, elements: values)
        }
        let (text, image) = (floats(6), floats(5))
        var (quality, cost) = (
            Matrix<Double>(repeating: 0, rows: 60, columns: 4), Matrix<Double>(repeating: 0, rows: 60, columns: 4)
        )
        for row in 0..<60 {
            for model in 0..<4 {
                let signal = Double(text[row, model]) + Double(image[row, model]) + 0.2 * Double(model)
                quality[row, model] = signal + 0.3 * generator.uniform() > 0.3 ? 1 : 0
                cost[row, model] = Double(model + 1) * (1 + 0.5 * generator.uniform())
            }
        }
        for (row, model) in [(3, 1), (50, 2)] { (quality[row, model], cost[row, model]) = (.nan, .nan) }
        return OutcomeTable(
            models: ["m0", "m1", "m2", "m3"],
            samples: samples,
            quality: quality,
            cost: cost,
            text: text,
            image: image
        )
    }()

    static let samples = (0..<60).map { Sample(id: "s\($0)", dataset: "d\($0 % 3)", group: "g\($0 / 2)") }

    /// Parameters that suit 30 train rows; the rest are defaults.
    private static let parameters: [String: [String: JSONValue]] = [
        "fixed": ["model": "m1"], "knn": ["k": 5], "kmeans": ["clusters": 4], "kmeansnew": ["clusters": 4],
        "linearmf": ["rank": 3], "random": ["trials": 3], "random-mix": ["points": 4],
        "mlp": ["epochs": 3], "mlpmf": ["epochs": 3], "mlp-soft": ["epochs": 3, "hidden": [16], "batch": 8],
        "recorded": ["file": "choices"], "exec": ["command": "averages", "version": "1"],
        "cmr": ["epochs": 2, "width": 8, "heads": 2, "feedforward": 16],
    ]

    private static let fusions: [String: [String: JSONValue]] = ["weighted": ["text": 0.3]]

    static func request(
        _ kind: String,
        _ mode: EvaluationMode,
        fusion: String = "mean",
        programs: AveragingPrograms = AveragingPrograms()
    ) throws -> FitRequest {
        let descriptor = try RouterCatalog.descriptor(of: kind)
        let reads = descriptor.reads
        let isFused = reads.contains(.embeddings) && !reads.contains(.separateModalities)
        return FitRequest(
            router: try RouterCatalog.configure(kind: kind, parameters: parameters[kind] ?? [:]),
            mode: mode,
            modality: reads.contains(.embeddings) ? .both : nil,
            fusion: isFused ? try FusionCatalog.configure(kind: fusion, parameters: fusions[fusion] ?? [:]) : nil,
            label: reads.contains(.labels) ? LabelConfiguration(lambda: 1) : nil,
            streams: RandomStreams(seed: 5, splitIndex: 0, routerKind: kind),
            table: table,
            parts: parts,
            file: kind == "recorded" ? choices : nil,
            programs: kind == "exec" ? programs : nil
        )
    }

    /// What a router chose that only answers; it left two rows out.
    private static let choices = Array(
        ("sample_id,model\n" + (0..<60).filter { $0 % 29 != 0 }.map { "s\($0),m\($0 * 7 % 4)\n" }.joined()).utf8
    )

    /// Four weighted sums of a matrix: any change of any element changes them.
    static func projections(_ matrix: Matrix<Double>) -> [Double] {
        (0..<4).map { number in
            var sum = 0.0
            for row in 0..<matrix.rows {
                for column in 0..<matrix.columns {
                    sum += matrix[row, column] * Double((row * 7 + column * 13 + number * 29 + 3) % 17)
                }
            }
            return sum
        }
    }
}
