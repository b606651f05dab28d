import RouteGridBase
import Yams

/// A YAML mapping all of whose keys are known.
struct GridMapping {
    let place: String
    /// In the order of the file.
    let entries: [(key: String, value: GridNode)]
    private let file: String
    private let keyLines: [Int]

    /// Any keys.
    ///
    /// - Throws: `badInput` when the node is no mapping or a key is no text.
    init(_ node: GridNode, of what: String) throws(RouteGridError) {
        guard case .mapping(let mapping) = node.node else {
            throw node.failure("expected \(what), found \(node.found)")
        }
        place = node.place
        file = node.file
        var entries: [(key: String, value: GridNode)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw node.failure("expected texts as keys") }
            let path = node.path.isEmpty ? name : "\(node.path).\(name)"
            entries.append((name, GridNode(node: value, file: node.file, path: path)))
        }
        self.entries = entries
        keyLines = mapping.map { $0.key.mark?.line ?? 1 }
    }

    /// Only known keys.
    ///
    /// - Throws: `badInput` also for an unknown key, with its line and the nearest known name.
    init(_ node: GridNode, of what: String, keys: [String]) throws(RouteGridError) {
        try self.init(node, of: what)
        for (entry, line) in zip(entries, keyLines) where !keys.contains(entry.key) {
            let path = node.path.isEmpty ? "" : "\(node.path): "
            throw .badInput(
                "\(file):\(line)",
                "\(path)unknown key \"\(entry.key)\"\(NearestName.hint(entry.key, in: keys))"
            )
        }
    }

    /// The value of a key; nil when it is absent or null.
    subscript(key: String) -> GridNode? {
        entries.first { $0.key == key && !$0.value.isNull }?.value
    }

    func required(_ key: String, _ expected: String) throws(RouteGridError) -> GridNode {
        guard let value = self[key] else { throw .badInput(place, "\"\(key)\" is missing: expected \(expected)") }
        return value
    }
}
