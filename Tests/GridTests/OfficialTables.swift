import Foundation
import Grid
import RouteGridBase
import RoutingData
import TestSupport

/// Made-up tables of the shape in which the two benchmarks publish theirs, imported as people import them, beside
/// copies of the grid files of `jobs`.
struct OfficialTables {
    let folder: TemporaryFolder

    private static let mmrModels = [
        "Claude3-7V_Sonnet", "GeminiFlash2-5", "GeminiPro2-5", "Gemma3-4B", "InternVL3-78B", "Qwen2.5-VL-3B-Instruct",
        "Qwen2.5-VL-72B-Instruct", "Qwen2.5-VL-7B-Instruct", "gpt-5-2025-08-07", "gpt-5-minimal-2025-08-07",
        "gpt-5-nano-2025-08-07",
    ]
    private static let mmrDatasets = [
        "OCRBench", "SEEDBench2_Plus", "MMStar", "RealWorldQA", "MathVista", "MathVerse", "MathVision",
    ]
    private static let vlDatasets = [
        "MMBench_DEV_EN_V11", "MMStar", "MMMU_DEV_VAL", "RealWorldQA", "InfoVQA_VAL", "HallusionBench",
        "MathVista_MINI", "MathVision_MINI", "MathVerse_MINI", "AI2D_TEST", "ChartQA_TEST", "DocVQA_VAL", "TextVQA_VAL",
        "OCRBench",
    ]

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("jobs/data"), withIntermediateDirectories: true)
        try mmrBench("mmrbench", datasets: Self.mmrDatasets, rows: 260)
        try mmrBench("mmrbench-text", datasets: Self.mmrDatasets + ["GSM8K", "MMLU", "ARC"], rows: 60)
        try vlRouterBench(rows: 420)
    }

    /// Resolves a grid file of `jobs` against these tables.
    func lock(_ name: String) throws -> GridLock {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let yaml = try String(contentsOf: root.appendingPathComponent("jobs/\(name).yaml"), encoding: .utf8)
        let path = try folder.write(yaml, to: "jobs/\(name).yaml")
        return try GridResolver.resolve(GridFile(path: path), numerics: DatasetFixture.numerics).lock
    }

    /// The merged table: 3 + 4 · 11 columns, predictions with line breaks and doubled quotes, holes in one model.
    private func mmrBench(_ name: String, datasets: [String], rows: Int) throws {
        var generator = Xoshiro256(seed: Digest(hashing: name.utf8))
        var lines = [
            "dataset_idx,question,answer,"
                + Self.mmrModels.map { "\($0)_prediction,\($0)_correct,\($0)_token,\($0)_cost" }.joined(separator: ",")
        ]
        for dataset in datasets {
            for row in 0..<rows {
                let cells = Self.mmrModels.enumerated().map { index, model in
                    if model.contains("nano"), row % 9 == 0 { return ",,," }
                    let isRight = generator.below(2)
                    return "\"so, \"\"\(row)\"\":\nthe answer\",\(isRight),\(10 + row),\(Double(index + 1) / 64)"
                }
                lines.append("\(dataset)_\(row),\"what, \(row)?\",A," + cells.joined(separator: ","))
            }
        }
        let count = datasets.count * rows
        let dataset = try MMRBenchImporter(
            source: .merged(try folder.write(lines.joined(separator: "\n") + "\n", to: "\(name).csv")),
            text: try numbers("\(name)-text.npy", count, 8, &generator),
            image: try numbers("\(name)-image.npy", count, 8, &generator),
            labels: ImportLabels(name: name, costUnit: "unit")
        ).read().dataset
        try dataset.write(to: folder.path("jobs/data/\(name)"))
    }

    /// `Y` of int8 and `C` of float32, ids `DATASET/number`, facts in a table.
    private func vlRouterBench(rows: Int) throws {
        let name = "vl-routerbench"
        var generator = Xoshiro256(seed: Digest(hashing: name.utf8))
        let ids = (0..<rows).map { "\(Self.vlDatasets[$0 % Self.vlDatasets.count])/\($0)" }
        let quality = (0..<rows * 17).map { _ in UInt8(generator.below(2)) }
        let facts = ids.map { "\($0),\($0.prefix { $0 != "/" }),train,task" }
        let dataset = try VLRouterBenchImporter(
            quality: try folder.write(Self.npy("|i1", rows, 17, quality), to: "Y.npy"),
            cost: try numbers("C.npy", rows, 17, &generator),
            sampleNames: try folder.write("[\(ids.map { "\"\($0)\"" }.joined(separator: ","))]", to: "samples.json"),
            modelNames: try folder.write((0..<17).map { "model-\($0)" }.joined(separator: "\n"), to: "models.txt"),
            meta: try folder.write(
                (["sample_id,dataset,split,task"] + facts).joined(separator: "\n") + "\n",
                to: "meta.csv"
            ),
            text: try numbers("vl-text.npy", rows, 10, &generator),
            image: try numbers("vl-image.npy", rows, 8, &generator),
            labels: ImportLabels(name: name)
        ).read().dataset
        try dataset.write(to: folder.path("jobs/data/\(name)"))
    }

    /// A file of float32 between 0 and 1.
    private func numbers(_ file: String, _ rows: Int, _ columns: Int, _ generator: inout Xoshiro256) throws -> String {
        var bytes: [UInt8] = []
        for _ in 0..<rows * columns {
            withUnsafeBytes(of: Float(generator.uniform()).bitPattern.littleEndian) { bytes += Array($0) }
        }
        return try folder.write(Self.npy("<f4", rows, columns, bytes), to: file)
    }

    private static func npy(_ type: String, _ rows: Int, _ columns: Int, _ values: [UInt8]) -> [UInt8] {
        let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        let header = text + String(repeating: " ", count: 117 - text.count) + "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8) + values
    }
}
