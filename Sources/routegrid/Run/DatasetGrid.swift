import Foundation
import Grid
import RouteGridBase
import RoutingData

/// The grid that a dataset folder is run with when no grid file is named: baselines, and routers on what embeddings
/// there are, else on hashed terms of the prompts.
enum DatasetGrid {
    /// The grid file at a path, or the standard one of the dataset folder at it.
    ///
    /// - Throws: `badInput` when neither can be read.
    static func file(at path: String) throws(RouteGridError) -> GridFile {
        guard FileManager.default.fileExists(atPath: "\(path)/dataset.json") else { return try GridFile(path: path) }
        return try GridFile(yaml: yaml(of: try Dataset.load(folder: path)), path: "\(path)/grid.yaml")
    }

    /// The text of the standard grid, for a file in the dataset's folder.
    static func yaml(of dataset: Dataset) -> String {
        let hasPrompts = dataset.samples.contains { !$0.question.isEmpty }
        let text = encoder(of: dataset.text) ?? (hasPrompts ? HashedTerms.name : nil)
        let image = encoder(of: dataset.image)
        let modality = text == nil ? (image == nil ? nil : "image") : image == nil ? "text" : "both"
        let encoders = [("text", text), ("image", image)].compactMap { kind, name in
            name.map { "\(kind): \(JSONValue.string($0).jsonText)" }
        }
        var lines = [
            "name: \(JSONValue.string(dataset.name).jsonText)",
            "datasets: {\(JSONValue.string(dataset.name).jsonText): {path: .}}",
            "splits: [{kind: random, train: 0.6, dev: 0.2, test: 0.2, seed: 1}]",
        ]
        var routers = ["{kind: oracle}", "{kind: best-single}", "{kind: cheapest}", "{kind: random-mix}"]
        if let modality {
            lines += ["encoders: [{\(encoders.joined(separator: ", "))}]", "modality: [\(modality)]"]
            let train = dataset.samples.count / 2
            routers += [10, 50].filter { $0 <= train }.map { "{kind: knn, k: \($0)}" }
            if train >= 20 { routers.append("{kind: kmeans, clusters: 20}") }
            routers.append("{kind: linear, l2: 0.1}")
        }
        lines += ["routers:"] + routers.map { "  - \($0)" } + ["budgets: {rule: threshold, at: [exact, 0.5x, 1x]}"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func encoder(of embeddings: [String: Matrix<Float>]) -> String? {
        embeddings["default"] == nil ? embeddings.keys.min() : "default"
    }
}
