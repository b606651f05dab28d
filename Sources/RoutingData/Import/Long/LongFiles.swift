import Foundation
import RouteGridBase

/// The files that an import of several is given: files, folders with all that they hold, patterns with `*`, `?`, `[…]`.
enum LongFiles {
    /// What is read, by the ending of the name; one of ``packed`` may follow.
    private static let readable: Set = ["csv", "tsv", "jsonl", "ndjson", "json", "xlsx", "npz"]
    /// What is refused with a command that converts it.
    private static let convertible: Set = ["parquet", "pkl", "pickle", "pt", "pth", "eval", "xls"]

    /// How files are packed, by the ending of the name: gzip is read, the others are refused with what unpacks them.
    private static let packed: Set = ["gz", "zst", "zstd", "xz", "bz2"]

    /// The paths of the files, those of a folder or a pattern in code-point order.
    ///
    /// Of a folder's files those count whose names `accepts` takes; when it takes none, all do.
    ///
    /// - Throws: `badInput` when one of them holds no file.
    static func paths(_ arguments: [String], accepts: (String) -> Bool) throws(RouteGridError) -> [String] {
        var paths: [String] = []
        for argument in arguments {
            if FileManager.default.fileExists(atPath: argument) {
                paths += try contents(argument, accepts)
            } else if argument.contains(where: { "*?[".contains($0) }) {
                let matches = matches(argument)
                guard !matches.isEmpty else { throw .badInput(argument, "no file matches") }
                for match in matches { paths += try contents(match, accepts) }
            } else {
                throw .badInput(argument, "no such file or folder")
            }
        }
        var seen: Set<String> = []
        return paths.filter { seen.insert($0).inserted }
    }

    private static func contents(_ path: String, _ accepts: (String) -> Bool) throws(RouteGridError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [path]
        }
        let base = path.hasSuffix("/") ? String(path.dropLast()) : path
        let all = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [])
            .filter { name in !name.split(separator: "/").contains { $0.hasPrefix(".") } }
            .sorted(by: Dataset.inCodePointOrder)
        // A file that was unpacked counts once.
        let names = Set(all)
        let found = all.filter { name in
            let plain = unpacked(name)
            return readable.contains(ending(of: plain)) && (plain == name || !names.contains(plain))
        }
        let accepted = found.filter { accepts(URL(fileURLWithPath: $0).lastPathComponent) }
        let others = found.isEmpty ? all.filter { convertible.contains(ending(of: unpacked($0))) } : found
        let chosen = accepted.isEmpty ? others : accepted
        guard !chosen.isEmpty else {
            throw .badInput(path, "no files in this folder that end in \(readable.sorted().joined(separator: ", "))")
        }
        return chosen.map { "\(base)/\($0)" }
    }

    private static func ending(of path: String) -> String {
        URL(fileURLWithPath: path).pathExtension.lowercased()
    }

    /// The name without the ending that says how the file is packed.
    private static func unpacked(_ name: String) -> String {
        let ending = ending(of: name)
        return packed.contains(ending) ? String(name.dropLast(ending.count + 1)) : name
    }

    private static func matches(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in
            found.gl_pathv[index].map { String(cString: $0) }
        }.sorted(by: Dataset.inCodePointOrder)
    }
}
