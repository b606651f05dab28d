import Foundation

/// What a command left behind.
enum Leftovers {
    /// In its temporary folder, but for what is meant to stay: the cache, and the empty folder of local keys.
    static func of(temporaryFolder path: String) throws -> [String] {
        let files = FileManager.default
        return try files.contentsOfDirectory(atPath: path).flatMap { name -> [String] in
            if name.hasPrefix("routegrid-cache") { return [] }
            guard name.hasPrefix("routegrid-keys") else { return [name] }
            return try files.contentsOfDirectory(atPath: "\(path)/\(name)").map { "\(name)/\($0)" }
        }
    }
}
