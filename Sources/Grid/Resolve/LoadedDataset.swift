import Foundation
import RouteGridBase
import RoutingData

/// A dataset of a grid file, loaded, checked against its digest and filtered.
struct LoadedDataset {
    /// The name in the grid.
    let name: String
    let place: String
    let folder: String
    let dataset: Dataset
    /// The entry's `where` in words; nil without one.
    let condition: String?

    /// - Parameters:
    ///   - entry: what the grid file says.
    ///   - gridPath: what its paths are relative to.
    ///   - encoders: the names of text encoders that the grid asks for; ``HashedTerms`` needs no tensor in the folder.
    /// - Throws: `badInput` when the folder cannot be read, has other content than asked for, or `where` leaves
    ///   nothing.
    init(
        _ entry: GridFile.DatasetEntry,
        relativeTo gridPath: String,
        encoders: [String] = []
    ) throws(RouteGridError) {
        name = entry.name
        place = entry.place
        condition =
            entry.conditions.isEmpty
            ? nil
            : entry.conditions.sorted { $0.key < $1.key }
                .map { "\($0.key) \($0.value.sorted().joined(separator: ", "))" }.joined(separator: "; ")
        let parent = URL(fileURLWithPath: gridPath).deletingLastPathComponent()
        let path = entry.path.hasPrefix("/") ? entry.path : parent.appendingPathComponent(entry.path).relativePath
        folder = path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw .badInput("\(place).path", "no dataset folder at \(path)")
        }
        let whole = try Dataset.load(folder: path)
        if let expected = entry.sha256, case let found = whole.contentDigest, found != expected {
            throw .badInput("\(place).sha256", "expected content \(expected), \(path) has \(found)")
        }
        var kept: Dataset
        do {
            kept = entry.conditions.isEmpty ? whole : try whole.filtered(entry.conditions)
        } catch {
            throw .badInput(place, error.message)
        }
        let name = HashedTerms.name
        if encoders.contains(name), kept.text[name] == nil, kept.samples.contains(where: { !$0.question.isEmpty }) {
            kept.text[name] = HashedTerms.embeddings(kept.samples.map(\.question))
        }
        dataset = kept
    }

    /// The pools of one value of the models axis, with their labels.
    func pools(_ pool: GridFile.Placed<GridFile.Pool>) throws(RouteGridError) -> [(label: String, models: [String])] {
        switch pool.value {
        case .all: return [("all", dataset.models)]
        case .leaveOneOut:
            guard dataset.models.count > 1 else {
                throw .badInput(pool.place, "leave-one-out needs two models, dataset \(name) has one")
            }
            return dataset.models.map { left in ("without \(left)", dataset.models.filter { $0 != left }) }
        case .names(let texts):
            var wanted: Set<String> = []
            for text in texts {
                for model in try GridFunctions.names(text, known: dataset.models, place: pool.place) {
                    guard dataset.models.contains(model) else {
                        let hint = NearestName.hint(model, in: dataset.models)
                        throw .badInput(pool.place, "dataset \(name) has no model \"\(model)\"\(hint)")
                    }
                    wanted.insert(model)
                }
            }
            let models = dataset.models.filter(wanted.contains)
            return [(models.count == dataset.models.count ? "all" : models.joined(separator: "+"), models)]
        }
    }
}
