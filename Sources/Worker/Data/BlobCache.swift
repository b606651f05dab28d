import Foundation
package import RouteGridBase

/// Blobs on disk, each a file named by its digest; several workers may share the folder.
///
/// A file is written under another name and renamed when it is whole. Only this user can change the folder; damage by
/// the disk or the user is detected at use: a slot hashes the bytes that it reads, which happens once for each table it
/// loads and costs far less than a fit. When the folder exceeds its limit, the least recently used files are removed,
/// but none that a lease needs.
package final class BlobCache {
    package let folder: String
    package let limit: Int
    private var sizes: [Digest: Int] = [:]
    private var usedAt: [Digest: Int] = [:]
    private var uses = 0
    private var pins: [Digest: Int] = [:]

    /// - Parameters:
    ///   - folder: created when it is missing.
    ///   - limit: bytes of all files together.
    /// - Throws: `system` when the folder cannot be created or read, `usage` when others can change it.
    package init(folder: String, limit: Int) throws(RouteGridError) {
        self.folder = folder
        self.limit = limit
        try PrivateFolder.make(folder, what: "cache folder", option: "--cache")
        do { try scan() } catch {
            throw RouteGridError(.system, "the cache folder \(folder): \(error.localizedDescription)")
        }
    }

    package var byteCount: Int { sizes.values.reduce(0, +) }

    package func path(of digest: Digest) -> String {
        let hex = digest.hex
        return "\(folder)/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }

    /// Where this process writes a blob until it is whole.
    package func temporaryPath(of digest: Digest) -> String {
        "\(folder)/incoming-\(ProcessInfo.processInfo.processIdentifier)-\(digest.hex)"
    }

    /// Whether the blob is there; another process may have added or removed it.
    ///
    /// A file whose size is not `byteCount`, where that is known, is not the blob.
    package func contains(_ digest: Digest, byteCount: Int? = nil) -> Bool {
        guard let size = FileManager.default.byteCount(path(of: digest)), size == byteCount ?? size else {
            sizes[digest] = nil
            return false
        }
        sizes[digest] = size
        touch(digest)
        return true
    }

    /// Moves a whole and verified file into its place.
    package func adopt(_ temporaryPath: String, as digest: Digest) throws(RouteGridError) {
        let target = path(of: digest)
        do {
            try FileManager.default.createDirectory(
                atPath: String(target.prefix(folder.count + 3)),
                withIntermediateDirectories: true
            )
        } catch {
            throw RouteGridError(.system, "the cache folder \(folder): \(error.localizedDescription)")
        }
        guard rename(temporaryPath, target) == 0 else {
            throw RouteGridError(.system, "\(target): \(String(cString: strerror(errno)))")
        }
        sizes[digest] = FileManager.default.byteCount(target) ?? 0
        touch(digest)
        shrink()
    }

    /// Keeps a blob until ``unpin(_:)`` was called as often.
    package func pin(_ digest: Digest) { pins[digest, default: 0] += 1 }

    package func unpin(_ digest: Digest) {
        guard let count = pins[digest] else { return }
        pins[digest] = count == 1 ? nil : count - 1
    }

    private func touch(_ digest: Digest) {
        uses += 1
        usedAt[digest] = uses
    }

    private func shrink() {
        var total = byteCount
        guard total > limit else { return }
        for digest in sizes.keys.sorted(by: { usedAt[$0, default: 0] < usedAt[$1, default: 0] }) {
            guard total > limit else { return }
            guard pins[digest] == nil, let size = sizes[digest] else { continue }
            unlink(path(of: digest))
            sizes[digest] = nil
            usedAt[digest] = nil
            total -= size
        }
    }

    /// Lists what earlier workers left, oldest first, and removes unfinished files of processes that are gone.
    private func scan() throws {
        var found: [(date: Date, digest: Digest, size: Int)] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            if name.hasPrefix("incoming-") {
                removeIfOrphan(name)
                continue
            }
            for rest in (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? [] {
                guard let digest = Digest(hex: name + rest) else { continue }
                let attributes = try? FileManager.default.attributesOfItem(atPath: path(of: digest))
                guard let attributes, let size = attributes[.size] as? Int else { continue }
                found.append((attributes[.modificationDate] as? Date ?? .distantPast, digest, size))
            }
        }
        for item in found.sorted(by: { $0.date < $1.date }) {
            sizes[item.digest] = item.size
            touch(item.digest)
        }
    }

    private func removeIfOrphan(_ name: String) {
        let parts = name.split(separator: "-")
        guard parts.count == 3, let owner = pid_t(parts[1]), kill(owner, 0) != 0, errno == ESRCH else { return }
        unlink("\(folder)/\(name)")
    }
}

extension FileManager {
    fileprivate func byteCount(_ path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }
}
