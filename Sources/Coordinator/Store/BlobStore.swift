import Foundation
import GRDB
package import RouteGridBase

/// Content-addressed bytes: small ones as rows, committed with the record that names them; large ones as files that are
/// written, synced and renamed, and whose folder is synced, before their row is written.
extension RecordStore {
    /// Whether a blob can be read: one whose file is gone counts as missing, so that it is uploaded again.
    package func hasBlob(_ digest: Digest) throws(RouteGridError) -> Bool {
        try read { try hasBlob(digest, in: $0) }
    }

    func hasBlob(_ digest: Digest, in database: Database) throws -> Bool {
        let row = try Row.fetchOne(
            try database.cachedStatement(sql: "SELECT size, bytes IS NULL AS isFile FROM blob WHERE sha = ?"),
            arguments: [Data(digest)]
        ).map { (size: $0["size"] as Int, isFile: $0["isFile"] as Bool) }
        guard let row, row.isFile else { return row != nil }
        let size = try? FileManager.default.attributesOfItem(atPath: path(of: digest))[.size] as? Int
        return size == row.size
    }

    /// A part of a blob and its whole size, or nil when there is no such blob.
    package func blob(
        _ digest: Digest,
        from offset: Int,
        count: Int
    ) throws(RouteGridError) -> (bytes: [UInt8], total: Int)? {
        let row = try read { database in
            try Row.fetchOne(database, sql: "SELECT size, bytes FROM blob WHERE sha = ?", arguments: [Data(digest)])
                .map { (size: $0["size"] as Int, bytes: $0["bytes"] as Data?) }
        }
        guard let row else { return nil }
        guard offset >= 0, offset <= row.size else { return ([], row.size) }
        let end = min(row.size, offset + max(0, count))
        if let bytes = row.bytes { return (Array(bytes[offset..<end]), row.size) }
        let path = path(of: digest)
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw RouteGridError(.system, "\(path): the blob's file is gone")
        }
        do {
            try file.seek(toOffset: UInt64(offset))
            let bytes = try file.read(upToCount: end - offset) ?? Data()
            try file.close()
            return (Array(bytes), row.size)
        } catch {
            throw RouteGridError(.system, "\(path): \(error.localizedDescription)")
        }
    }

    /// Stores a blob as a file.
    ///
    /// The bytes must have been checked against the digest.
    package func putBlob(_ digest: Digest, bytes: [UInt8]) throws(RouteGridError) {
        try writeFile(of: digest, bytes: bytes)
        try write { try Self.nameFile(of: digest, byteCount: bytes.count, in: $0) }
    }

    func writeFile(of digest: Digest, bytes: [UInt8]) throws(RouteGridError) {
        let path = path(of: digest)
        let folder = (path as NSString).deletingLastPathComponent
        try DurableFile.write(bytes, to: path, makingFolder: folder)
    }

    /// Adds the row of a blob that is stored as a file.
    static func nameFile(of digest: Digest, byteCount: Int, in database: Database) throws {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO blob(sha, size, bytes) VALUES (?, ?, NULL)")
            .execute(arguments: [Data(digest), byteCount])
    }

    private func path(of digest: Digest) -> String {
        let hex = digest.hex
        return "\(folder.blobs)/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }
}

/// Files that are whole or absent after any crash.
package enum DurableFile {
    /// Writes beside the target, syncs, renames, and syncs the folder.
    package static func write(_ bytes: [UInt8], to path: String, makingFolder folder: String) throws(RouteGridError) {
        func failure() -> RouteGridError {
            let code = errno
            return RouteGridError(
                .writing(code),
                "\(path): \(String(cString: strerror(code)))"
            )
        }
        if mkdir(folder, 0o700) == 0 {
            try syncFolder((folder as NSString).deletingLastPathComponent)
        } else if errno != EEXIST {
            throw failure()
        }
        let temporary = "\(path).\(getpid()).part"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure() }
        defer { close(file) }
        var offset = 0
        while offset < bytes.count {
            let written = bytes[offset...].withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                let error = failure()
                unlink(temporary)
                throw error
            }
            offset += written
        }
        guard fsync(file) == 0, rename(temporary, path) == 0 else {
            let error = failure()
            unlink(temporary)
            throw error
        }
        try syncFolder(folder)
    }

    static func syncFolder(_ path: String) throws(RouteGridError) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        guard folder >= 0, fsync(folder) == 0 else {
            throw RouteGridError(.system, "\(path): \(String(cString: strerror(errno)))")
        }
    }
}
