import Grid
import RouteGridBase
import RoutingData
import TestSupport

/// Small dataset folders and grid files on disk.
enum DatasetFixture {
    static let numerics = NumericsClasses(portable: "test/portable", native: "test/native")

    static func dataset(
        _ name: String,
        models: [String] = ["a", "b", "c"],
        count: Int = 20,
        costUnit: String = "USD",
        text: Bool = true,
        image: Bool = true,
        tokens: Bool = false
    ) -> Dataset {
        var generator = Xoshiro256(seed: Digest(hashing: name.utf8))
        func doubles() -> Matrix<Double> {
            let values = (0..<count * models.count).map { _ in generator.uniform() }
            return Matrix(rows: count, columns: models.count, elements: values)
        }
        func floats(_ width: Int) -> Matrix<Float> {
            let values = (0..<count * width).map { _ in Float(generator.uniform()) }
            return Matrix(rows: count, columns: width, elements: values)
        }
        return Dataset(
            name: name,
            models: models,
            // Made-up tokens make other costs than these: prices would differ from them.
            costUnit: tokens && costUnit == "USD" ? "J" : costUnit,
            provenance: "made up",
            licence: "none",
            samples: (0..<count).map {
                DatasetSample(sample: Sample(id: "\(name)-\($0)", dataset: "d\($0 % 2)", group: "g\($0 % 4)"))
            },
            quality: doubles(),
            cost: doubles(),
            text: text ? ["default": floats(4)] : [:],
            image: image ? ["default": floats(3)] : [:],
            tokensIn: tokens ? doubles() : nil,
            tokensOut: tokens ? doubles() : nil
        )
    }

    /// Writes datasets to `FOLDER/NAME` and gives the path of a grid file beside them, which is not written.
    static func folder(_ datasets: [Dataset]) throws -> (folder: TemporaryFolder, gridPath: String) {
        let folder = try TemporaryFolder()
        for dataset in datasets { try dataset.write(to: "\(folder.path)/\(dataset.name)") }
        return (folder, "\(folder.path)/grid.yaml")
    }

    /// Resolves the text of a grid against dataset folders.
    static func resolve(_ yaml: String, datasets: [Dataset] = [dataset("one")]) throws -> ResolvedGrid {
        let (folder, path) = try folder(datasets)
        defer { withExtendedLifetime(folder) {} }
        return try GridResolver.resolve(GridFile(yaml: yaml, path: path), numerics: numerics)
    }

    /// The message of the error that reading and resolving a grid ends with, its folder cut off.
    static func message(_ yaml: String, datasets: [Dataset] = [dataset("one")]) throws -> String {
        let (folder, path) = try folder(datasets)
        defer { withExtendedLifetime(folder) {} }
        do {
            _ = try GridResolver.resolve(GridFile(yaml: yaml, path: path), numerics: numerics)
            return "no error"
        } catch {
            return "\(error)".split(separator: "\(folder.path)/").joined()
        }
    }
}
