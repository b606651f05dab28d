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

    /// The file for the program, with the features of the train rows and of the rows to predict.
    static func input(
        _ request: FitRequest,
        train: Matrix<Float>,
        test: Matrix<Float>,
        rows predicted: [Int]
    ) -> [UInt8] {
        let rows = request.parts.train
        var texts = [
            "schema": schema,
            "models": list(request.table.models),
            "seed": String(request.streams.seed),
            "split_index": String(request.streams.splitIndex),
            "mode": request.mode.rawValue,
        ]
        if let arguments = request.router.parameters[RouterCatalog.argumentsParameter],
            arguments != RouterCatalog.absent
        {
            texts["arguments"] = arguments.stringValue
        }
        if request.file != nil {
            texts["train_ids"] = list(rows.map { request.table.samples[$0].id })
            texts["test_ids"] = list(predicted.map { request.table.samples[$0].id })
        }
        var file = SafetensorsWriter(metadata: texts)
        file.add("x_train", train)
        file.add("x_test", test)
        file.add("q_train", request.table.quality.rows(rows))
        file.add("c_train", request.table.cost.rows(rows))
        return file.bytes()
    }

    private static func list(_ texts: [String]) -> String { JSONValue.array(texts.map { .string($0) }).jsonText }

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
