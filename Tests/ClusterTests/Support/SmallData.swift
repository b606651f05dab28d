import Foundation
import RouteGridBase
import TestSupport

/// A small table of outcomes with embeddings, made by a seed, as people would have it in files.
struct SmallData {
    var rows = 120
    var models = ["small", "medium", "large", "odd"]
    var textWidth = 6
    var imageWidth = 5
    var seed = "small data"

    /// Writes `outcomes.csv`, `text.npy`, `image.npy`.
    func write(to folder: TemporaryFolder) throws {
        var generator = Xoshiro256(seed: Digest(hashing: Array(seed.utf8)))
        var text: [Float] = []
        var image: [Float] = []
        var lines = [
            "sample_id,dataset,group,question," + models.map { "\($0)_correct,\($0)_cost" }.joined(separator: ",")
        ]
        for row in 0..<rows {
            let features = (0..<(textWidth + imageWidth)).map { _ in Float.random(in: -1...1, using: &generator) }
            text += features.prefix(textWidth)
            image += features.suffix(imageWidth)
            let cells = models.indices.map { model in
                let skill = 0.3 + 0.15 * Double(model) + 0.4 * Double(features[model % features.count])
                let isRight = Double.random(in: 0..<1, using: &generator) < skill
                let cost = Double(model + 1) * Double(Int.random(in: 8...12, using: &generator)) / 1024
                return "\(isRight ? 1 : 0),\(cost)"
            }
            lines.append("s\(row),demo,g\(row % 30),\"what is \(row), really?\"," + cells.joined(separator: ","))
        }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "outcomes.csv")
        try folder.write(SmallData.npy(text, rows: rows), to: "text.npy")
        try folder.write(SmallData.npy(image, rows: rows), to: "image.npy")
    }

    /// A `.npy` file of float32, C order.
    static func npy(_ values: [Float], rows: Int) -> [UInt8] {
        let columns = values.count / max(rows, 1)
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        let header = text + String(repeating: " ", count: 117 - text.count) + "\n"
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += Array($0) } }
        return bytes
    }

    /// A folder with the imported dataset `data` and the grid file `grid.yaml`.
    static func grid(_ yaml: String, data: SmallData = SmallData()) async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try data.write(to: folder)
        let outcome = try await CommandLineTool.run(
            "import",
            "csv",
            "--outcomes",
            "outcomes.csv",
            "--text",
            "text.npy",
            "--image",
            "image.npy",
            "--out",
            "data",
            in: folder.path
        )
        guard outcome.status == 0 else { throw RouteGridError(.system, "\(outcome)") }
        try folder.write(yaml, to: "grid.yaml")
        return folder
    }
}
