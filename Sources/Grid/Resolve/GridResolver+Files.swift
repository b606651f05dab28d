import Catalog
import Foundation
import RouteGridBase
import RoutingData

extension GridResolver {
    /// The grid with the digests of its routers' files in place of the paths, which are no part of any key.
    ///
    /// The files travel with the data, as blobs.
    ///
    /// - Throws: `badInput` when a file cannot be read, or names samples or models that a dataset does not have.
    static func withFiles(
        of file: GridFile,
        _ datasets: [LoadedDataset],
        blobs: inout BlobCollector
    ) throws(RouteGridError) -> GridFile {
        var resolved = file
        for (number, entry) in file.routers.enumerated() {
            let descriptor = try RouterCatalog.descriptor(of: entry.kind, place: entry.place)
            let wanted = datasets.filter { entry.datasets?.contains($0.name) ?? true }
            let names = entry.parameters.first { $0.name == "names" }?.values.compactMap(\.stringValue) ?? ["exact"]
            for (place, parameter) in entry.parameters.enumerated() {
                let known = descriptor.parameters.first { $0.name == parameter.name }
                guard let known, known.domain == .file else { continue }
                resolved.routers[number].parameters[place].values = try parameter.values.mapThrowing {
                    value throws(RouteGridError) in
                    if value == known.defaultValue { return value }
                    let path = Self.path(value.stringValue ?? "", relativeTo: file.path)
                    guard entry.kind != RouterCatalog.programKind else {
                        return .string(blobs.add(try FileBytes.read(path)).hex)
                    }
                    let bytes = try FileBytes.read(path, limit: InputFile.textLimit)
                    for names in names {
                        let choices = try RecordedChoices(bytes: bytes, place: path, names: names)
                        for loaded in wanted {
                            try choices.check(
                                models: loaded.dataset.models,
                                samples: loaded.dataset.samples.map(\.sample),
                                dataset: loaded.name
                            )
                        }
                    }
                    return .string(blobs.add(bytes).hex)
                }
            }
        }
        return resolved
    }

    private static func path(_ text: String, relativeTo grid: String) -> String {
        guard !text.hasPrefix("/") else { return text }
        return URL(fileURLWithPath: grid).deletingLastPathComponent().appendingPathComponent(text).relativePath
    }
}
