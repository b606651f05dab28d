import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Folders that break a rule of the format: each gives one line that names file and field.
struct DatasetRefusalTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Fixtures.dataset().write(to: folder.path("d"))
    }

    private func refusal(sourceLocation: SourceLocation = #_sourceLocation) -> String {
        message({ _ = try Dataset.load(folder: folder.path("d")) }, sourceLocation: sourceLocation)
            .replacingOccurrences(of: folder.path + "/", with: "")
    }

    private func replace(_ old: String, by new: String, in file: String) throws {
        let text = String(decoding: try FileBytes.read(folder.path("d/\(file)")), as: UTF8.self)
        #expect(text.contains(old))
        try folder.write(text.replacingOccurrences(of: old, with: new), to: "d/\(file)")
    }

    @Test func `a missing file or folder is named`() throws {
        #expect(message { _ = try Dataset.load(folder: "/nowhere") } == "/nowhere/dataset.json: no such file or folder")
        try FileManager.default.removeItem(atPath: folder.path("d/samples.csv"))
        #expect(refusal() == "d/samples.csv: no such file or folder")
    }

    @Test(arguments: [
        ("routegrid/dataset/v1", "routegrid/dataset/v9", "d/dataset.json: schema: expected \"routegrid/dataset/v1\""),
        ("\"licence\"", "\"license\"", "d/dataset.json: unknown key \"license\"; did you mean \"licence\"?"),
        ("\"name\": \"tiny\"", "\"name\": 3", "d/dataset.json: name: expected a text"),
        ("\"GPT\"", "\"zGPT\"", "d/dataset.json: models: expected code-point order"),
        ("\"GPT\"", "\"a-model\"", "d/dataset.json: models: expected code-point order"),
        ("\"GPT\",", "", "d/tensors.safetensors: tensor \"quality\": expected 3 × 1, found 3 × 2"),
        ("{", "[", "d/dataset.json: not JSON"),
    ])
    func `a wrong description is refused`(old: String, new: String, expected: String) throws {
        try replace(old, by: new, in: "dataset.json")
        #expect(refusal().hasPrefix(expected), "\(refusal())")
    }

    @Test(arguments: [
        ("sample_id,", "id,", "d/samples.csv:1: expected the columns sample_id,dataset,group,question,image"),
        ("\n3,e", "\n2,e", "d/samples.csv: row 3: sample_id \"2\" occurs twice"),
        ("\n3,e,g,,\n", "\n3,,g,,\n", "d/samples.csv: row 3: expected sample_id, dataset and group"),
        ("\n3,e,g,,\n", "\n", "d/tensors.safetensors: tensor \"quality\": expected 2 × 2, found 3 × 2"),
    ])
    func `a wrong list of samples is refused`(old: String, new: String, expected: String) throws {
        try replace(old, by: new, in: "samples.csv")
        #expect(refusal().hasPrefix(expected), "\(refusal())")
    }

    @Test func `cut-off tensors are refused`() throws {
        let path = folder.path("d/tensors.safetensors")
        let bytes = try FileBytes.read(path)
        try folder.write(Array(bytes.dropLast(3)), to: "d/tensors.safetensors")
        #expect(refusal().hasPrefix("d/tensors.safetensors: cut off: tensor \"text.default\""), "\(refusal())")
    }

    @Test func `an unknown tensor is refused`() throws {
        var writer = SafetensorsWriter()
        let dataset = Fixtures.dataset()
        for (name, matrix) in [("quality", dataset.quality), ("cost", dataset.quality), ("tokens_on", dataset.quality)]
        {
            writer.add(name, matrix)
        }
        try folder.write(writer.bytes(), to: "d/tensors.safetensors")
        #expect(refusal().hasPrefix("d/tensors.safetensors: unknown tensor \"tokens_on\""), "\(refusal())")
    }

    @Test(arguments: [
        (1.5, 0.1), (-0.1, 0.1), (1, -1), (.nan, 1), (0, .nan), (1, .infinity), (1, 1e308), (1, .leastNonzeroMagnitude),
        (1, 1.1e18),
    ])
    func `an outcome out of range is refused before anything is written`(quality: Double, cost: Double) throws {
        var dataset = Fixtures.dataset()
        dataset.quality[1, 1] = quality
        dataset.cost?[1, 1] = cost
        let found = message { try dataset.write(to: folder.path("bad")) }
        #expect(
            found.contains(
                "sample \"2\" (row 2), model \"a-model\": expected correctness 0…1 and cost 0, or 1e-18 to 1e+18"
            ),
            "\(found)"
        )
        #expect(try folder.names() == ["d"])
    }

    @Test func `embeddings of the wrong size or with a NaN are refused`() throws {
        var dataset = Fixtures.dataset()
        dataset.text["default"] = Matrix(rows: 2, columns: 2, elements: [1, 2, 3, 4])
        #expect(
            message { try dataset.write(to: folder.path("bad")) }.contains(
                "\"text.default\": expected 3 rows, found 2 × 2"
            )
        )
        dataset.text["default"] = Matrix(rows: 3, columns: 1, elements: [1, .nan, 3])
        #expect(
            message { try dataset.write(to: folder.path("bad")) }.contains("row 2, column 1: expected a finite number")
        )
        // Squares of distances would not fit float32, in which neighbours are screened.
        dataset.text["default"] = Matrix(rows: 3, columns: 1, elements: [1e15, -1e15, -1.1e15])
        #expect(
            message { try dataset.write(to: folder.path("bad")) }.contains(
                "row 3, column 1: expected a finite number of at most 1e15 in size, found -1.1e+15"
            )
        )
        dataset = Fixtures.dataset()
        dataset.tokensIn?[0, 0] = -1
        #expect(
            message { try dataset.write(to: folder.path("bad")) }.contains(
                "expected a token count of 0, or 1e-06 to 1e+12, found -1"
            )
        )
    }
}
