import Foundation
import RouteGridBase

/// The facts of the execution of jobs in `runs.jsonl`: never hashed, never on a board.
enum RunFactsFiles {
    /// The lines of all inputs that have such a file, sorted, each once.
    static func merged(_ sources: [RecordSource]) throws(RouteGridError) -> [UInt8] {
        var lines: Set<Data> = []
        for source in sources {
            guard let data = FileManager.default.contents(atPath: source.runsPath) else { continue }
            for line in data.split(separator: UInt8(ascii: "\n")) {
                lines.insert(Data(JSONDocument.escaped(Array(line))))
            }
        }
        var bytes: [UInt8] = []
        for line in lines.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            bytes += line
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
