import Catalog
import Foundation
package import RouteGridBase
import RoutingData
import Yams

extension GridFile {
    package static let schema = "routegrid/grid/v1"

    private static let keys = [
        "schema", "name", "mode", "numerics", "datasets", "models", "encoders", "splits", "modality", "fusion",
        "routers",
        "seeds", "budgets", "prices", "select", "include", "exclude", "statistics", "latency", "limits", "resources",
        "priority", "min_coverage", "gate",
    ]

    /// Reads a grid file.
    ///
    /// - Throws: ``RouteGridError`` `badInput` for a file that is absent or not YAML, an unknown key, router or
    ///   parameter (with the nearest known name), a missing key, or a value out of range: always with file, line and
    ///   path.
    package init(path: String) throws(RouteGridError) {
        var status = stat()
        if stat(path, &status) == 0 { try Self.checkSize(Int(status.st_size), path: path) }
        let bytes = try FileBytes.readText(path, expected: "a grid file: YAML in UTF-8")
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .badInput(path, "expected UTF-8 text") }
        try self.init(yaml: text, path: path)
    }

    /// Reads the text of a grid file; `path` is its name in messages and what dataset paths are relative to.
    package init(yaml: String, path: String) throws(RouteGridError) {
        let root = try Self.document(yaml, path: path)
        let file = try GridMapping(root, of: "a grid file's keys", keys: Self.keys)
        if let schema = file["schema"], try schema.text() != Self.schema {
            throw schema.failure("expected \(Self.schema), found \(schema.found)")
        }
        self.path = path
        let baseName = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        name = try file["name"].mapThrowing { node throws(RouteGridError) in try node.name("a name") } ?? baseName
        if let why = SafeText.refusal(ofName: name) { throw .badInput(path, "the grid's name, its file's, \(why)") }
        mode = try file["mode"].mapThrowing { node throws(RouteGridError) in try node.choice() } ?? .sound
        numerics = try file["numerics"].mapThrowing { node throws(RouteGridError) in try node.choice() } ?? .portable
        datasets = try Self.datasets(try file.required("datasets", "at least one dataset"))
        pools = try Self.pools(file["models"])
        encoders = try Self.encoders(file["encoders"])
        splits = try Self.splits(file["splits"], mode: mode, path: path)
        modalities = try Self.modalities(file["modality"])
        fusions = try Self.fusions(file["fusion"])
        seeds = try Self.seeds(file["seeds"])
        (budgets, labels) = try Self.budgets(file["budgets"])
        let names = datasets.map(\.name)
        routers = try Self.routers(try file.required("routers", "at least one router"))
        if let include = file["include"] { routers += try Self.include(include, datasets: names) }
        exclude = []
        if let node = file["exclude"] { exclude = try Self.exclude(node, datasets: names) }
        prices = try Self.prices(file["prices"])
        minCoverage = ReferenceCoverage.standard
        if let node = file["min_coverage"] { minCoverage = try node.number(0...1) }
        select = try Self.select(file["select"], mode: mode)
        statistics = try GridStatistics(file["statistics"])
        latency = try GridLatency.read(file["latency"])
        limits = try GridLimits(file["limits"])
        resources = try GridResources(file["resources"], memory: &limits.memoryBytes)
        for router in routers { resources.raise(to: router.resources) }
        limits.memoryBytes = routers.map(\.memoryBytes).reduce(limits.memoryBytes, max)
        priority = 0
        if let node = file["priority"] { priority = try node.integer(GridRanges.priority) }
        gates = try GridGate.read(file["gate"])
    }

    /// The rules in a file of their own, with the member `gate` alone.
    ///
    /// - Throws: As ``init(path:)``.
    package static func gates(path: String) throws(RouteGridError) -> [GridGate] {
        let bytes = try FileBytes.readText(path, expected: "a file of gates: YAML in UTF-8")
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .badInput(path, "expected UTF-8 text") }
        let file = try GridMapping(Self.document(text, path: path), of: "the member gate", keys: ["gate"])
        return try GridGate.read(try file.required("gate", "a rule such as {metric: nauc_shared, drop: 0.01}"))
    }

    private static func checkSize(_ byteCount: Int, path: String) throws(RouteGridError) {
        guard byteCount <= GridRanges.fileBytes else {
            throw .badInput(
                path,
                "a grid file has at most \(GridRanges.fileBytes) bytes, found \(byteCount); long lists of numbers are "
                    + "written as range(first, end, step) or logspace(first, last, count)"
            )
        }
    }

    private static func document(_ yaml: String, path: String) throws(RouteGridError) -> GridNode {
        try checkSize(yaml.utf8.count, path: path)
        if let line = YAMLAliases(yaml).explosiveLine(limit: GridRanges.fileNodes) {
            throw .badInput(
                "\(path):\(line)",
                "its aliases (*name) may unfold to more than \(GridRanges.fileNodes) values; write them out, or use fewer"
            )
        }
        let node: Node?
        do {
            node = try compose(yaml: yaml)
        } catch let error as YamlError {
            throw unreadable(error, path: path)
        } catch {
            throw .badInput(path, "not YAML: \(error)")
        }
        guard let node else { throw .badInput(path, "the file is empty: expected a grid") }
        return GridNode(node: node, file: path, path: "")
    }

    private static func unreadable(_ error: YamlError, path: String) -> RouteGridError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            .badInput("\(path):\(mark.line)", "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            .badInput("\(path):\(context.mark.line)", "given twice: \(names.joined(separator: ", "))")
        default: .badInput(path, "not YAML: \(error)")
        }
    }
}

extension Optional {
    /// `map` that keeps the error's type.
    func mapThrowing<Result>(
        _ transform: (Wrapped) throws(RouteGridError) -> Result
    ) throws(RouteGridError) -> Result? {
        guard let value = self else { return nil }
        return try transform(value)
    }
}
