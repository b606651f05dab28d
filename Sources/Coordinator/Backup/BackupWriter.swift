import Foundation
import Grid
import RouteGridBase
package import Wire

/// Follows a coordinator's records into a ``BackupFolder``.
///
/// The logs are synced before the position that names their length, so that a crash at any moment leaves a whole copy.
package struct BackupWriter {
    private let folder: BackupFolder
    private let client: ClusterClient
    private let records: FileHandle
    private let facts: FileHandle
    private let divergences: FileHandle
    package private(set) var position: BackupFolder.Position

    /// Opens or continues a copy.
    ///
    /// - Throws: `badInput` when the folder holds the copy of another coordinator, `system` when it cannot be written.
    package init(path: String, client: ClusterClient) throws {
        folder = BackupFolder(path: path)
        self.client = client
        try FileManager.default.createDirectory(atPath: folder.grids, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: path + "/blobs", withIntermediateDirectories: true)
        let identity = client.welcome.coordinator.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
        position = try folder.position() ?? BackupFolder.Position(coordinator: identity)
        guard position.coordinator == identity else {
            throw RouteGridError.badInput(path, "the copy of another coordinator's records; use another folder")
        }
        records = try Self.open(folder.records, cutAt: position.recordBytes)
        facts = try Self.open(folder.facts, cutAt: position.factBytes)
        divergences = try Self.open(folder.divergences, cutAt: position.divergenceBytes)
    }

    private static func open(_ path: String, cutAt byteCount: Int) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        guard let file = FileHandle(forUpdatingAtPath: path) else {
            throw RouteGridError(.system, "\(path): cannot be written: \(String(cString: strerror(errno)))")
        }
        guard try file.seekToEnd() >= UInt64(byteCount) else {
            throw RouteGridError.badInput(
                path,
                "shorter than position.json says; the copy is damaged, use another folder"
            )
        }
        try file.truncate(atOffset: UInt64(byteCount))
        try file.seekToEnd()
        return file
    }

    /// Copies records as they are committed.
    ///
    /// - Parameters:
    ///   - isOnce: End when everything that was there at the call is copied; else follow for ever.
    ///   - progress: Called after each batch with the number of records copied by this call.
    /// - Throws: `unreachable` when the coordinator is gone; `system` when the folder cannot be written.
    package mutating func follow(isOnce: Bool, progress: (Int) -> Void) throws {
        try copyGrids()
        try copyDivergences(&position)
        // Runs without records are a copy too.
        if position.sequence == 0 { try folder.write(position) }
        let goal = isOnce ? UInt64(try client.query("store")["last_sequence"]?.integerValue ?? 0) : UInt64.max
        var copied = 0
        guard position.sequence < goal else { return }
        var next = position
        try client.follow(after: position.sequence) { message in
            for item in message.items {
                try copyBlob(of: item)
                try records.write(contentsOf: item.record + Data("\n".utf8))
                try facts.write(contentsOf: item.run + Data("\n".utf8))
                next.sequence = item.seq
                next.recordBytes += item.record.count + 1
                next.factBytes += item.run.count + 1
            }
            try records.synchronize()
            try facts.synchronize()
            try folder.write(next)
            copied += message.items.count
            progress(copied)
            try copyGrids()
            try copyDivergences(&next)
            return next.sequence < goal
        }
        position = next
    }

    /// Copies the differing results that came since the last copy.
    private func copyDivergences(_ position: inout BackupFolder.Position) throws {
        while true {
            let reply = try client.query("divergences_after", String(position.divergence))
            guard let found = reply["divergences"]?.arrayValue, !found.isEmpty else { return }
            for item in found {
                guard let id = item["id"]?.integerValue, id > position.divergence else {
                    throw RouteGridError(.protocolRefused, "divergences of the coordinator without growing numbers")
                }
                let line = item.jsonBytes()
                try divergences.write(contentsOf: line + [UInt8(ascii: "\n")])
                position.divergence = id
                position.divergenceBytes += line.count + 1
            }
            try divergences.synchronize()
            try folder.write(position)
        }
    }

    private func copyBlob(of item: WireRecordItem) throws {
        let line = try CommittedLine(item.record, place: "record \(item.seq) of the coordinator")
        if let digest = line.choices { try copyBlob(digest) }
    }

    private func copyBlob(_ digest: Digest) throws {
        let path = folder.blob(digest)
        guard !FileManager.default.fileExists(atPath: path) else { return }
        try DurableFile.write(
            try client.fetch(digest),
            to: path,
            makingFolder: (path as NSString).deletingLastPathComponent
        )
    }

    /// Writes every run with its lock and state, and the data it reads.
    private func copyGrids() throws {
        for run in try client.query("status")["runs"]?.arrayValue ?? [] {
            guard let number = run["run"]?.integerValue else { continue }
            let path = "\(folder.grids)/\(number).json"
            var members = run.objectValue ?? [:]
            for volatile in [
                "done", "reused", "leased", "pending", "backing_off", "divergent", "stage", "selected", "not_selected",
            ] {
                members[volatile] = nil
            }
            let reply = try client.query("lock", String(number))
            members["lock"] = reply["lock"]
            if let selection = try client.query("selection", String(number))["selection"]?.stringValue {
                members["selection"] = .string(selection)
                if let digest = Digest(hex: selection) { try copyBlob(digest) }
            }
            let bytes = JSONValue.object(members).jsonBytes()
            guard FileManager.default.contents(atPath: path).map(Array.init) != bytes else { continue }
            if let text = reply["lock"]?.stringValue {
                for digest in try GridLock(parsing: text.utf8, place: "the lock of run \(number)").blobs {
                    try copyBlob(digest)
                }
            }
            try DurableFile.write(bytes, to: path, makingFolder: folder.grids)
        }
    }
}
