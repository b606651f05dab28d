import Catalog
import RouteGridBase
import RoutingData

/// What a router's program is given, and what it may answer: two safetensors files.
///
/// In: `x_train` F32 [n, d], `q_train` and `c_train` F64 [n, K] (NaN where an outcome is missing), `x_test` F32 [m, d],
/// and the texts `schema`, `models` (a JSON list), `seed`, `split_index` and `mode`. Nothing that the fit's key does
/// not name. With a file of inputs there are `train_ids` and `test_ids`, JSON lists of the rows' sample ids; with
/// arguments, `arguments`. Out: `quality` and `cost` F64 [m, K], or `choice` I64 [m], model numbers from 0.
enum ProgramExchange {
    static let schema = "routegrid/exec/v1"

    /// What a program is told besides the tensors.
    struct Facts {
        let models: [String]
        let seed: Int
        let splitIndex: Int
        let mode: EvaluationMode
        let arguments: String?

        init(_ request: FitRequest) {
            models = request.table.models
            (seed, splitIndex) = (request.streams.seed, request.streams.splitIndex)
            mode = request.mode
            let given = request.router.parameters[RouterCatalog.argumentsParameter]
            arguments = given == RouterCatalog.absent ? nil : given?.stringValue
        }

        init(models: [String], streams: RandomStreams, mode: EvaluationMode, arguments: String?) {
            (self.models, self.mode, self.arguments) = (models, mode, arguments)
            (seed, splitIndex) = (streams.seed, streams.splitIndex)
        }

        fileprivate var texts: [String: String] {
            var texts = [
                "schema": schema, "models": list(models), "seed": String(seed), "split_index": String(splitIndex),
                "mode": mode.rawValue,
            ]
            texts["arguments"] = arguments
            return texts
        }
    }

    /// The rows that a program is given, with their features; `ids` where it has `inputs`, whose rows they name.
    struct Rows {
        let features: Matrix<Float>
        let ids: [String]?
    }

    /// The file for the program.
    ///
    /// - Parameters:
    ///   - facts: for every call.
    ///   - train: what to fit on, with outcomes; nil for one that only answers.
    ///   - test: the rows to predict; nil for one that only fits.
    /// - Returns: a safetensors file.
    static func input(
        _ facts: Facts,
        train: (rows: Rows, quality: Matrix<Double>, cost: Matrix<Double>)? = nil,
        test: Rows? = nil
    ) -> [UInt8] {
        var texts = facts.texts
        if let ids = train?.rows.ids { texts["train_ids"] = list(ids) }
        if let ids = test?.ids { texts["test_ids"] = list(ids) }
        var file = SafetensorsWriter(metadata: texts)
        if let train {
            file.add("x_train", train.rows.features)
            file.add("q_train", train.quality)
            file.add("c_train", train.cost)
        }
        if let test { file.add("x_test", test.features) }
        return file.bytes()
    }

    private static func list(_ texts: [String]) -> String { JSONValue.array(texts.map { .string($0) }).jsonText }

    /// Bytes that a kept fit may have.
    static let fitLimit = 256 << 20

    /// Bytes that an answer may have: both tensors, and a long header.
    static func limit(rows: Int, models: Int) -> Int { 2 * 8 * rows * models + 1 << 20 }

    /// The answer on `rows` rows, checked.
    ///
    /// - Throws: `badInput` with the tensor, row and model that is wrong.
    static func output(_ bytes: [UInt8], rows: Int, models: [String], place: String) throws(RouteGridError)
        -> RouterOutput
    {
        let file = try Safetensors(bytes: bytes, place: place)
        let names = Set(file.tensors.keys)
        if names == ["choice"] {
            let choices = try file.integers("choice")
            guard choices.count == rows else {
                throw .badInput(place, "tensor \"choice\": expected \(rows) choices, found \(choices.count)")
            }
            if let row = choices.firstIndex(where: { !(0..<Int64(models.count)).contains($0) }) {
                throw .badInput(
                    place,
                    "tensor \"choice\": row \(row): expected a model number from 0 to \(models.count - 1), "
                        + "found \(choices[row])"
                )
            }
            return .policies([choices.map { Int($0) }])
        }
        guard names == ["quality", "cost"] else {
            let found = names.sorted().prefix(8).map(SafeText.line).joined(separator: ", ")
            throw .badInput(
                place,
                "expected the tensors quality and cost, or choice, found \(names.isEmpty ? "none" : found)"
            )
        }
        let (quality, cost) = (try file.doubles("quality"), try file.doubles("cost"))
        for (name, matrix) in [("quality", quality), ("cost", cost)] {
            guard matrix.rows == rows, matrix.columns == models.count else {
                throw .badInput(
                    place,
                    "tensor \"\(name)\": expected shape [\(rows), \(models.count)], "
                        + "found [\(matrix.rows), \(matrix.columns)]"
                )
            }
            if let index = matrix.elements.firstIndex(where: { !$0.isFinite }) {
                let (row, model) = (index / models.count, index % models.count)
                throw .badInput(
                    place,
                    "tensor \"\(name)\": row \(row), model \(model) (\(SafeText.line(models[model]))): "
                        + "expected a finite number, found \(matrix.elements[index])"
                )
            }
        }
        return .predictions(quality: quality, cost: cost)
    }
}
