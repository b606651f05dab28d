import Foundation
package import RouteGridBase

/// One input of an aggregation: a records file, and what may lie beside it.
package struct RecordSource: Sendable, Hashable {
    /// The file of metric records.
    package let recordsPath: String
    /// Where `runs.jsonl`, `latency.jsonl`, `tables.json` and `grid.lock.json` are looked for.
    package let folder: String
    /// Where `blobs/` is looked for.
    package let blobFolder: String

    /// - Parameters:
    ///   - path: A records file, or an output folder that holds `records.jsonl`.
    ///   - blobs: Where `blobs/` is, when not beside the records.
    /// - Throws: `badInput` when there is no such file.
    package init(path: String, blobs: String? = nil) throws(RouteGridError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .badInput(path, "no such file; expected a records.jsonl or an output folder")
        }
        if isFolder.boolValue {
            folder = path
            recordsPath = path + "/" + OutputName.records
            guard FileManager.default.fileExists(atPath: recordsPath) else {
                throw .badInput(path, "no \(OutputName.records) in this folder")
            }
        } else {
            recordsPath = path
            folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        }
        blobFolder = blobs ?? folder
        for path in [recordsPath, lockPath, tablesPath, selectionPath, testReadsPath, runsPath, latencyPath] {
            try RecordSource.checkFile(path)
        }
    }

    /// Refuses what would be read for ever, such as a pipe, a device or a file of holes that is larger than any memory.
    private static func checkFile(_ path: String) throws(RouteGridError) {
        var info = stat()
        guard stat(path, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFREG else { throw .badInput(path, "expected a regular file") }
        let memory = ProcessInfo.processInfo.physicalMemory
        guard info.st_size <= Int64(clamping: memory) else {
            throw .badInput(path, "\(info.st_size) bytes are more than the \(memory) of this machine's memory")
        }
    }

    package var lockPath: String { folder + "/" + OutputName.lock }
    package var tablesPath: String { folder + "/" + OutputName.tables }
    package var selectionPath: String { folder + "/" + OutputName.selection }
    package var testReadsPath: String { folder + "/" + OutputName.testReads }
    package var runsPath: String { folder + "/" + OutputName.runs }
    package var latencyPath: String { folder + "/" + OutputName.latency }

    /// Where the blob with this digest would be.
    package func blobPath(_ digest: Digest) -> String { blobFolder + "/" + OutputName.blob(digest) }
}

/// The names of the files of an output folder.
package enum OutputName {
    package static let lock = "grid.lock.json"
    package static let tables = "tables.json"
    package static let selection = "selection.json"
    package static let testReads = "test_reads.json"
    package static let records = "records.jsonl"
    package static let runs = "runs.jsonl"
    package static let latency = "latency.jsonl"
    package static let leaderboard = "leaderboard.json"
    /// The board for people, with its plots; one file.
    package static let report = "report.html"
    /// Cost and accuracy of a board's rows.
    package static let plot = "frontier.svg"
    package static let manifest = "MANIFEST.sha256"
    /// The cells that failed, a line each; beside an incomplete board.
    package static let failures = "failures.jsonl"

    /// What a board may replace in its folder.
    package static let published = [
        lock, tables, selection, testReads, records, runs, latency, leaderboard, "leaderboard.csv", "leaderboard.md",
        "frontier.csv", "frontier.json", "comparisons.csv", "comparisons.json", report, plot, manifest, failures,
        SliceTable.name, "blobs",
    ]

    /// Where a blob is: `blobs/ab/cdef…`.
    package static func blob(_ digest: Digest) -> String {
        let hex = digest.hex
        return "blobs/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }
}
