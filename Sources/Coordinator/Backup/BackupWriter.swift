import Foundation
import Grid
import RouteGridBase
package import Wire

/// Copies a coordinator's records into a ``BackupFolder`` as they are committed.
///
/// The logs are synced before the position that holds their length, so that a crash at any moment leaves a whole copy.
package struct BackupWriter {
    private let folder: BackupFolder
    private let client: ClusterClient
    private let lock: BackupLock
    private let records: AppendFile
    private let facts: AppendFile
    private let divergences: AppendFile
    package private(set) var position: BackupFolder.Position
    /// Records that this call left out, because a restore would stop at them.
    package private(set) var faultCount = 0

    /// Opens or resumes a copy.
    ///
    /// - Throws: `badInput` when the folder holds the copy of another coordinator or foreign files, `temporary` when
    ///   another backup writes into it or the disk is full, `system` when it cannot be written.
    package init(path: String, client: ClusterClient) throws {
        folder = BackupFolder(path: path)
        self.client = client
        try Self.makeFolder(path)
        let identity = client.welcome.coordinator.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
        // Before the lock is created in it: a folder that is not ours stays unchanged.
        _ = try Self.position(in: folder, of: identity)
        lock = try BackupLock(folder)
        // Only while the lock is held can no other process move the position.
        let known = try Self.position(in: folder, of: identity)
        position = known ?? BackupFolder.Position(coordinator: identity)
        for part in [folder.grids, path + "/blobs"] { try Self.makeFolder(part) }
        // From here on the folder is marked as a copy, even without records.
        if known == nil { try folder.write(position) }
        records = try AppendFile(folder.records, cutAt: position.recordBytes)
        facts = try AppendFile(folder.facts, cutAt: position.factBytes)
        divergences = try AppendFile(folder.divergences, cutAt: position.divergenceBytes)
    }

    /// The position of the copy of a coordinator's records; nil when the folder holds none.
    private static func position(
        in folder: BackupFolder,
        of identity: String
    ) throws(RouteGridError) -> BackupFolder.Position? {
        guard let position = try folder.position() else {
            try folder.refuseForeignFiles()
            return nil
        }
        guard position.coordinator == identity else {
            throw .badInput(folder.path, "the copy of another coordinator's records; use another folder")
        }
        return position
    }

    private static func makeFolder(_ path: String) throws(RouteGridError) {
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            let isFull = (error as? CocoaError)?.code == .fileWriteOutOfSpace
            throw RouteGridError(
                isFull ? .temporary : .system,
                "\(path): the backup's folder cannot be made: \(error.localizedDescription)"
            )
        }
    }

    /// Copies records as they are committed.
    ///
    /// A record that is damaged, or whose blob the coordinator does not have, is left out.
    ///
    /// - Parameters:
    ///   - isOnce: End when everything that was there at the call is copied; else follow for ever.
    ///   - leftOut: Called with the reason for each record that is left out.
    ///   - progress: Called after each batch with the number of records copied by this call.
    /// - Throws: `unreachable` when the coordinator is gone; `temporary` on a full disk; `system` when the folder
    ///   cannot be written.
    package mutating func follow(
        isOnce: Bool,
        leftOut: (String) -> Void = { _ in },
        progress: (Int) -> Void
    ) throws {
        try copyGrids()
        try copyDivergences(&position)
        let goal = isOnce ? UInt64(try client.query(.store)["last_sequence"]?.integerValue ?? 0) : UInt64.max
        var copied = 0
        guard position.sequence < goal else { return }
        var next = position
        try client.follow(after: position.sequence) { message in
            for item in message.items {
                next.sequence = item.seq
                if let fault = try copyBlob(of: item) {
                    faultCount += 1
                    next.leftOut += 1
                    leftOut(fault)
                    continue
                }
                try records.append(line: item.record)
                try facts.append(line: item.run)
                next.recordBytes += item.record.count + 1
                next.factBytes += item.run.count + 1
                copied += 1
            }
            try records.sync()
            try facts.sync()
            try folder.write(next)
            progress(copied)
            try copyGrids()
            try copyDivergences(&next)
            return next.sequence < goal
        }
        position = next
    }

    /// Copies the differing results that were added since the last copy.
    private func copyDivergences(_ position: inout BackupFolder.Position) throws {
        while true {
            let reply = try client.query(.divergencesAfter, String(position.divergence))
            guard let found = reply["divergences"]?.arrayValue, !found.isEmpty else { return }
            for item in found {
                guard let id = item["id"]?.integerValue, id > position.divergence else {
                    throw RouteGridError(.protocolRefused, "divergences of the coordinator without growing numbers")
                }
                let line = item.jsonBytes()
                try divergences.append(line: line)
                position.divergence = id
                position.divergenceBytes += line.count + 1
            }
            try divergences.sync()
            try folder.write(position)
        }
    }

    /// Copies the blob that a record names; returns why the record could not be restored, if so.
    private func copyBlob(of item: WireRecordItem) throws(RouteGridError) -> String? {
        let place = "record \(item.seq) of the coordinator"
        do throws(RouteGridError) {
            if let digest = try CheckedRecord(item.record, place: place).choices { try copyBlob(digest) }
            return nil
        } catch  where error.code == .badInput || error.code == .checkFailed {
            return error.message.hasPrefix(place) ? error.message : "\(place): \(error.message)"
        }
    }

    private func copyBlob(_ digest: Digest) throws(RouteGridError) {
        let path = folder.blob(digest)
        guard !FileManager.default.fileExists(atPath: path) else { return }
        try DurableFile.write(
            try client.fetch(digest),
            to: path,
            makingFolder: (path as NSString).deletingLastPathComponent
        )
    }

    /// Writes which keys were granted which cells of a run.
    private func copyGrants(ofRun number: Int) throws {
        var entries: [JSONValue] = []
        while true {
            let page = try client.query(.grants, "\(number)/\(entries.count)")
            let found = page["grants"]?.arrayValue ?? []
            entries += found
            if found.isEmpty || page["complete"] == true { break }
        }
        let path = folder.grants(ofRun: number)
        let bytes = (["schema": .string(GrantLog.schema), "grants": .array(entries)] as JSONValue).jsonBytes()
        guard FileManager.default.contents(atPath: path).map(Array.init) != bytes else { return }
        try DurableFile.write(bytes, to: path, makingFolder: (path as NSString).deletingLastPathComponent)
    }

    /// Writes every run with its lock and state, and the data that it reads.
    private func copyGrids() throws {
        for run in try client.query(.status)["runs"]?.arrayValue ?? [] {
            guard let number = run["run"]?.integerValue else { continue }
            let path = "\(folder.grids)/\(number).json"
            var members = run.objectValue ?? [:]
            for volatile in [
                "done", "reused", "leased", "pending", "backing_off", "divergent", "stage", "selected", "not_selected",
            ] {
                members[volatile] = nil
            }
            let reply = try client.query(.lock, String(number))
            members["lock"] = reply["lock"]
            if let selection = try client.query(.selection, String(number))["selection"]?.stringValue {
                members["selection"] = .string(selection)
                if let digest = Digest(hex: selection) { try copyBlob(digest) }
            }
            let bytes = JSONValue.object(members).jsonBytes()
            try copyGrants(ofRun: number)
            guard FileManager.default.contents(atPath: path).map(Array.init) != bytes else { continue }
            if let text = reply["lock"]?.stringValue {
                let place = "the lock of run \(number)"
                for digest in try GridLock(parsing: text.utf8, place: place, revisions: .any).blobs {
                    try copyBlob(digest)
                }
            }
            try DurableFile.write(bytes, to: path, makingFolder: folder.grids)
        }
    }
}
