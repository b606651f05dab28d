import Foundation
import Grid
package import RouteGridBase
package import Wire

/// All that was ever followed, in a hidden folder of the output folder: records, facts, blobs, and how far each
/// coordinator was read.
///
/// The position is written after the records that it counts, so that a crash costs a second reading and no record; a
/// record that is read twice is merged.
package struct RecordLog {
    private let folder: OutputFolder
    private var positions: [String: JSONValue]
    /// What a coordinator sent and no file took since the log was opened: no records, or blobs that are not what they
    /// are called.
    package private(set) var leftOut: [LeftOut] = []

    private static let positionName = "position.json"
    private static let logs = [OutputName.records, OutputName.runs, OutputName.latency]

    /// Opens or begins the log.
    ///
    /// - Parameter output: The folder that boards are published into.
    /// - Throws: `system` when it cannot be written; `badInput` when its position is not one.
    package init(in output: OutputFolder) throws(RouteGridError) {
        folder = try OutputFolder(path: output.place(".followed"))
        let path = folder.place(RecordLog.positionName)
        if let bytes = FileManager.default.contents(atPath: path) {
            positions = try JSONValue(parsing: bytes, place: path).objectValue ?? [:]
        } else {
            positions = [:]
        }
        for name in RecordLog.logs where !FileManager.default.fileExists(atPath: folder.place(name)) {
            try folder.write([], to: name)
        }
        for name in RecordLog.logs { try RecordLog.dropCutOffLine(folder.place(name)) }
    }

    /// The log as an input of aggregations.
    package func source() throws(RouteGridError) -> RecordSource { try RecordSource(path: folder.path) }

    /// Keeps what grids say of their data beside the records, with the outcomes that statistics are made from.
    ///
    /// - Throws: `unreachable` when the coordinator is gone; `system` when the log cannot be written.
    package func learn(_ tables: KnownTables, through client: ClusterClient) throws(RouteGridError) {
        var known = tables
        try known.add(from: source())
        if let bytes = known.bytes { try folder.write(bytes, to: OutputName.tables) }
        try folder.fetch(tables.blobs, through: client)
    }

    /// The last number read from the coordinator that a client talks to.
    package func position(at client: ClusterClient) -> UInt64 {
        UInt64(clamping: positions[RecordLog.name(of: client)]?.integerValue ?? 0)
    }

    /// Reads what a coordinator has committed since the last time.
    ///
    /// - Parameters:
    ///   - goal: The number of the last record to read.
    ///   - client: A conversation with the coordinator.
    /// - Throws: `unreachable` when it is gone; `system` when the log cannot be written.
    package mutating func follow(upTo goal: UInt64, through client: ClusterClient) throws {
        let start = position(at: client)
        guard start < goal else { return }
        let records = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.place(OutputName.records)))
        let facts = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.place(OutputName.runs)))
        let latency = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.place(OutputName.latency)))
        let files = [records, facts, latency]
        defer { for file in files { try? file.close() } }
        for file in files { try file.seekToEnd() }
        try client.follow(after: start) { message in
            for item in message.items {
                let place = "record \(item.seq) of the coordinator"
                guard let line = RecordScan(item.record) else {
                    leftOut.append(LeftOut(place: place, why: "expected a record: one line of JSON with its members"))
                    continue
                }
                if let digest = RecordScan.choices(of: item.record), !folder.hasBlob(digest) {
                    // Without its choices a record has no interval; it is on the board all the same.
                    do throws(RouteGridError) {
                        try folder.store(blob: client.fetch(digest), digest: digest)
                    } catch {
                        guard error.code == .badInput || error.code == .checkFailed else { throw error }
                        leftOut.append(LeftOut(error, place: "\(place): choices", jobKey: line.jobKey))
                    }
                }
                try (line.isLatency ? latency : records).write(contentsOf: item.record + Data("\n".utf8))
                if !item.run.isEmpty { try facts.write(contentsOf: item.run + Data("\n".utf8)) }
            }
            positions[RecordLog.name(of: client)] = .integer(Int64(clamping: message.last))
            try folder.write(JSONValue.object(positions).jsonBytes(), to: RecordLog.positionName)
            return message.last < goal
        }
    }

    /// A coordinator's name: what its state folder was given when it was made.
    private static func name(of client: ClusterClient) -> String { Digest(hashing: client.welcome.coordinator).hex }

    /// Cuts a file after its last whole line.
    private static func dropCutOffLine(_ path: String) throws(RouteGridError) {
        guard let data = FileManager.default.contents(atPath: path), let last = data.last, last != UInt8(ascii: "\n")
        else {
            return
        }
        let kept = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        guard truncate(path, off_t(kept)) == 0 else {
            throw RouteGridError(.system, "\(path): \(String(cString: strerror(errno)))")
        }
    }
}
