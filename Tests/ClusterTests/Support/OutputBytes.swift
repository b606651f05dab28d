import Foundation

/// The hashed files of an output folder: everything but facts of the run and times.
func hashedFiles(of folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    guard let names = FileManager.default.enumerator(atPath: folder) else { return files }
    for case let name as String in names where !["runs.jsonl", "latency.jsonl"].contains(name) && !name.hasPrefix(".") {
        if let data = FileManager.default.contents(atPath: folder + "/" + name) { files[name] = data }
    }
    return files
}
