import Foundation
package import Grid
package import RouteGridBase
package import Wire

/// Takes the records of a coordinator and their blobs into a folder that boards are made from.
///
/// Records go to a file that is not part of the published ones until an ``Aggregation`` has read it; blobs, named by
/// their content, go to their final place at once.
package struct RecordFollower {
    private let folder: OutputFolder
    private let recordsPath: String
    private let runsPath: String
    private let latencyPath: String
    /// Of every record's line, in the order they came.
    package private(set) var recordDigests: [Digest] = []

    /// - Parameter folder: Where blobs go, and, in a hidden folder of it, what has come in.
    /// - Throws: `system` when the folder cannot be written.
    package init(into folder: OutputFolder) throws(RouteGridError) {
        self.folder = folder
        let incoming = try OutputFolder(path: folder.place(OutputFolder.incomingPrefix + String(getpid())))
        for name in [OutputName.records, OutputName.runs, OutputName.latency] { try incoming.write([], to: name) }
        recordsPath = incoming.place(OutputName.records)
        runsPath = incoming.place(OutputName.runs)
        latencyPath = incoming.place(OutputName.latency)
    }

    /// What came in, as an input of an aggregation.
    package func source() throws(RouteGridError) -> RecordSource {
        try RecordSource(path: recordsPath, blobs: folder.path)
    }

    /// Takes the outcomes that a grid's statistics are made from.
    ///
    /// - Throws: `unreachable` when the coordinator is gone; `system` when the folder cannot be written.
    package func follow(tablesOf lock: GridLock, through client: ClusterClient) throws(RouteGridError) {
        try folder.fetch(KnownTables(lock).blobs, through: client)
    }

    /// Removes what came in; published files and blobs stay.
    package func discard() {
        try? FileManager.default.removeItem(atPath: URL(fileURLWithPath: recordsPath).deletingLastPathComponent().path)
    }

    /// Takes all records of a run.
    ///
    /// - Parameters:
    ///   - run: The run's number.
    ///   - client: A conversation with the coordinator.
    /// - Returns: The facts of the run, a line of `runs.jsonl` each.
    /// - Throws: `unreachable` when the coordinator is gone; `system` when the folder cannot be written.
    package mutating func follow(run: RunID, through client: ClusterClient) throws -> [JSONValue] {
        let records = try FileHandle(forWritingTo: URL(fileURLWithPath: recordsPath))
        let runs = try FileHandle(forWritingTo: URL(fileURLWithPath: runsPath))
        let latency = try FileHandle(forWritingTo: URL(fileURLWithPath: latencyPath))
        defer {
            try? records.close()
            try? runs.close()
            try? latency.close()
        }
        var facts: [JSONValue] = []
        try client.follow(run: run) { message in
            for item in message.items {
                // Whether its digests are right is seen where a board is made of it.
                guard let line = RecordScan(item.record) else {
                    throw RouteGridError.badInput("record \(item.seq) of the coordinator", "expected a record")
                }
                if !line.isLatency { recordDigests.append(Digest(hashing: item.record)) }
                try (line.isLatency ? latency : records).write(contentsOf: item.record + Data("\n".utf8))
                if !item.run.isEmpty {
                    try runs.write(contentsOf: item.run + Data("\n".utf8))
                    facts.append(try JSONValue(parsing: item.run, place: "facts of the run"))
                }
                if let digest = RecordScan.choices(of: item.record), !folder.hasBlob(digest) {
                    try folder.store(blob: client.fetch(digest), digest: digest)
                }
            }
            return true
        }
        return facts
    }
}

extension OutputFolder {
    /// Takes blobs that are not there yet; those that a coordinator does not have (any more) are left out.
    ///
    /// - Throws: `unreachable` when the coordinator is gone; `system` when the folder cannot be written.
    func fetch(_ blobs: [Digest], through client: ClusterClient) throws(RouteGridError) {
        for digest in blobs where !hasBlob(digest) {
            do throws(RouteGridError) {
                try store(blob: client.fetch(digest), digest: digest)
            } catch  where error.code == .badInput {
                continue
            }
        }
    }
}
