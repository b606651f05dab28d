import Foundation
import Grid
package import RouteGridBase

/// Whether an output folder is what it claims to be: hashes of its files and records, and its boards made again.
package struct FolderCheck {
    /// One line each; empty when all is well.
    package private(set) var findings: [String] = []
    /// How much was looked at.
    package private(set) var fileCount = 0
    package private(set) var recordCount = 0
    package private(set) var rebuiltCount = 0
    private let path: String
    private var digests: [(name: String, digest: Digest)] = []

    /// - Throws: `badInput` when the folder has no manifest.
    package init(path: String) throws(RouteGridError) {
        self.path = path
        guard let bytes = FileManager.default.contents(atPath: "\(path)/\(OutputName.manifest)") else {
            throw .badInput(path, "no \(OutputName.manifest) in this folder; expected an output folder of routegrid")
        }
        for (number, line) in String(decoding: bytes, as: UTF8.self).split(separator: "\n").enumerated() {
            let parts = line.split(separator: " ", maxSplits: 1)
            let name = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
            guard let digest = parts.first.flatMap({ Digest(hex: $0) }), !name.isEmpty, !name.hasPrefix("/"),
                !name.split(separator: "/").contains("..")
            else {
                throw .badInput("\(path)/\(OutputName.manifest):\(number + 1)", "expected a digest and a file's name")
            }
            digests.append((name, digest))
        }
    }

    /// Compares every file of the manifest with its digest, and looks for files of a board that it does not name.
    package mutating func checkManifest() {
        for (name, digest) in digests {
            fileCount += 1
            let url = URL(fileURLWithPath: "\(path)/\(name)")
            guard let bytes = try? Data(contentsOf: url, options: .mappedIfSafe) else {
                findings.append("\(name): the manifest names it, and it cannot be read")
                continue
            }
            let found = Digest(hashing: bytes)
            if found != digest { findings.append("\(name): its bytes hash to \(found), the manifest says \(digest)") }
        }
        let named = Set(digests.map(\.name))
        let unhashed = [OutputName.runs, OutputName.latency, OutputName.failures, OutputName.manifest, "blobs"]
        for name in OutputName.published where !named.contains(name) && !unhashed.contains(name) {
            if FileManager.default.fileExists(atPath: "\(path)/\(name)") {
                findings.append("\(name): is there, and the manifest does not name it")
            }
        }
    }

    /// Reads every record and checks that its result hashes to what it says; makes the boards again and compares bytes.
    ///
    /// - Parameters:
    ///   - pages: Further files, as the board was published with.
    ///   - progress: Hears how far it is and may stop it.
    /// - Throws: `system` when the temporary folder cannot be written; `cancelled`.
    package mutating func checkBoards(
        pages: [BoardPageFile],
        progress: BoardProgress = BoardProgress()
    ) throws(RouteGridError) {
        let source = try RecordSource(path: path)
        let records = try RecordCollection(reading: [source], bad: .setAside)
        recordCount = records.count
        for record in records.leftOut { findings.append(record.text) }
        guard records.leftOut.isEmpty else { return }
        let scratch = NSTemporaryDirectory() + "routegrid-verify-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let folder = try OutputFolder(path: scratch)
        // Blobs are compared with their names: they need not be copied.
        let blobs = URL(fileURLWithPath: path).standardizedFileURL.path + "/blobs"
        guard symlink(blobs, "\(scratch)/blobs") == 0 else {
            throw RouteGridError(.system, "\(scratch): cannot be written: \(String(cString: strerror(errno)))")
        }
        do throws(RouteGridError) {
            let board = try RecordedBoard(path: path, progress: progress)
            _ = try board.aggregation.publish(to: folder, pages: pages)
        } catch {
            guard [.badInput, .checkFailed].contains(error.code) else { throw error }
            findings += error.lines.map { "the board cannot be made again: \($0)" }
            return
        }
        for (name, _) in digests where !name.hasPrefix("blobs/") {
            let made = FileManager.default.contents(atPath: "\(scratch)/\(name)")
            let there = FileManager.default.contents(atPath: "\(path)/\(name)")
            rebuiltCount += 1
            if made == nil {
                findings.append("\(name): making the board again does not give this file")
            } else if made != there, there != nil {
                findings.append("\(name): made again from the records it has other bytes (\(Version.build) made it)")
            }
        }
    }

    /// Some cells of the folder, each with what its record says of its result: the same for the same seed.
    ///
    /// - Parameters:
    ///   - count: How many at most.
    ///   - seed: Of the choice.
    /// - Returns: Job keys, with the digests of the results; and how many records were passed over, because their
    ///   router may give another result each time.
    /// - Throws: `badInput` when the records cannot be read.
    package func sample(_ count: Int, seed: Int) throws(RouteGridError)
        -> (cells: [(key: JobKey, result: Digest)], passedOver: Int)
    {
        let records = try RecordCollection(reading: [RecordSource(path: path)])
        let comparable = records.records.filter { !$0.isNondeterministic }
        let found = comparable.map { record in
            (order: Digest(hashing: Array("\(seed) \(record.jobKey.hex)".utf8)), record: record)
        }
        let cells = found.sorted { $0.order < $1.order }.prefix(count)
        return (
            cells.map { ($0.record.jobKey, $0.record.resultDigest) }, records.records.count - comparable.count
        )
    }
}
