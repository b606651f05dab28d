import Foundation
package import RouteGridBase

/// Blobs on disk, each a file named by its digest; several workers may share the folder.
///
/// A file is written under another name and renamed when it is whole; what a killed worker has received of it stays for
/// the next (`BlobDownload`). Only this user can change the folder; damage by the disk or the user is detected at
/// use: a slot hashes the bytes that it reads, which happens once for each table it loads and costs far less than a
/// fit.
///
/// When the folder exceeds its limit, the files that were used longest ago are removed, whichever worker used them: the
/// time of a file is that of its last use. A file that a lease of any worker needs is locked (flock(2), shared) and
/// stays. The kernel releases the locks of a process that ends, however it ends.
package final class BlobCache {
    package let folder: String
    package let limit: Int
    /// As of the last look at the folder, with what this process added since.
    private var files: [Digest: File] = [:]
    private var pins: [Digest: Pin] = [:]

    private struct File {
        var size: Int
        /// Of the last use, in nanoseconds since 1970.
        var usedAt: Int64
        /// What the file says: other workers read it.
        var markedAt: Int64
    }

    private struct Pin {
        var count = 0
        /// Holds the lock; -1 while the blob is not there.
        var descriptor: Int32 = -1
    }

    /// Names of what is not whole: `incoming-DIGEST`.
    private static let prefix = "incoming-"
    /// What nobody went on with for so long is removed.
    private static let patience = Int64(86_400) * 1_000_000_000
    /// How often the use of a file is written down for other workers.
    private static let grain = Int64(1_000_000_000)

    /// - Parameters:
    ///   - folder: created when it is missing.
    ///   - limit: bytes of all files together.
    /// - Throws: `system` when the folder cannot be created or read, `usage` when others can change it.
    package init(folder: String, limit: Int) throws(RouteGridError) {
        self.folder = folder
        self.limit = limit
        try PrivateFolder.make(folder, what: "cache folder", option: "--cache")
        do {
            _ = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw RouteGridError(.system, "the cache folder \(folder): \(error.localizedDescription)")
        }
        look()
        for (name, file) in incoming() where Self.now() - file.usedAt > Self.patience { removeUnlessLocked(name) }
    }

    deinit {
        for pin in pins.values where pin.descriptor >= 0 { close(pin.descriptor) }
    }

    package var byteCount: Int { files.values.reduce(0) { $0 + $1.size } }

    package func path(of digest: Digest) -> String {
        let hex = digest.hex
        return "\(folder)/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }

    /// Where a blob is written until it is whole, by whichever process locks the file.
    package func temporaryPath(of digest: Digest) -> String { "\(folder)/\(Self.prefix)\(digest.hex)" }

    /// Whether the blob is there; another process may have added or removed it.
    ///
    /// A file whose size is not `byteCount`, where that is known, is not the blob.
    package func contains(_ digest: Digest, byteCount: Int? = nil) -> Bool {
        guard let found = Self.file(path(of: digest)), found.size == byteCount ?? found.size else {
            files[digest] = nil
            return false
        }
        files[digest] = files[digest] ?? found
        files[digest]?.size = found.size
        touch(digest)
        lockIfPinned(digest)
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
        files[digest] = Self.file(target)
        files[digest]?.markedAt = 0
        touch(digest)
        lockIfPinned(digest)
        shrink()
    }

    // MARK: Keeping

    /// Keeps a blob until ``unpin(_:)`` was called as often; call it before ``contains(_:byteCount:)``.
    package func pin(_ digest: Digest) {
        pins[digest, default: Pin()].count += 1
        lockIfPinned(digest)
    }

    package func unpin(_ digest: Digest) {
        guard let pin = pins[digest] else { return }
        guard pin.count == 1 else {
            pins[digest] = Pin(count: pin.count - 1, descriptor: pin.descriptor)
            return
        }
        if pin.descriptor >= 0 { close(pin.descriptor) }
        pins[digest] = nil
    }

    private func lockIfPinned(_ digest: Digest) {
        guard let pin = pins[digest] else { return }
        if pin.descriptor >= 0 {
            guard !Self.isAt(path(of: digest), pin.descriptor) else { return }
            close(pin.descriptor)
        }
        pins[digest]?.descriptor = Self.locked(path(of: digest), LOCK_SH)
    }

    /// A descriptor of the file with a lock on it; -1 when it is not there, or, with `LOCK_NB`, locked.
    private static func locked(_ path: String, _ operation: Int32) -> Int32 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return -1 }
        while flock(descriptor, operation) != 0 {
            guard errno == EINTR else {
                close(descriptor)
                return -1
            }
        }
        // It may have been removed meanwhile.
        guard isAt(path, descriptor) else {
            close(descriptor)
            return -1
        }
        return descriptor
    }

    /// Whether an open file is what is at the path.
    static func isAt(_ path: String, _ descriptor: Int32) -> Bool {
        var (open, there) = (stat(), stat())
        return fstat(descriptor, &open) == 0 && stat(path, &there) == 0
            && (open.st_dev, open.st_ino) == (there.st_dev, there.st_ino)
    }

    // MARK: The limit

    private func touch(_ digest: Digest) {
        guard var file = files[digest] else { return }
        file.usedAt = max(Self.now(), file.usedAt)
        if file.usedAt - file.markedAt > Self.grain {
            file.markedAt = file.usedAt
            let time = timespec(tv_sec: Int(file.usedAt / 1_000_000_000), tv_nsec: Int(file.usedAt % 1_000_000_000))
            utimensat(AT_FDCWD, path(of: digest), [time, time], AT_SYMLINK_NOFOLLOW)
        }
        files[digest] = file
    }

    private func shrink() {
        // Other workers add and remove files too.
        look()
        let unfinished = incoming()
        var total = byteCount + unfinished.reduce(0) { $0 + $1.file.size }
        for (name, file) in unfinished where total > limit && removeUnlessLocked(name) { total -= file.size }
        for (digest, file) in files.sorted(by: { $0.value.usedAt < $1.value.usedAt }) {
            guard total > limit else { return }
            guard pins[digest] == nil, removeUnlessLocked(String(path(of: digest).dropFirst(folder.count + 1))) else {
                continue
            }
            files[digest] = nil
            total -= file.size
        }
    }

    /// Removes a file of the folder that no process uses.
    @discardableResult
    private func removeUnlessLocked(_ name: String) -> Bool {
        let path = "\(folder)/\(name)"
        let descriptor = Self.locked(path, LOCK_EX | LOCK_NB)
        guard descriptor >= 0 else { return access(path, F_OK) != 0 }
        defer { close(descriptor) }
        return unlink(path) == 0
    }

    /// Lists what is in the folder.
    private func look() {
        var found: [Digest: File] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.utf8.count == 2 {
            for rest in (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? [] {
                guard let digest = Digest(hex: name + rest), var file = Self.file(path(of: digest)) else { continue }
                file.usedAt = max(file.usedAt, files[digest]?.usedAt ?? 0)
                found[digest] = file
            }
        }
        files = found
    }

    /// What is not whole.
    private func incoming() -> [(name: String, file: File)] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().compactMap { name in
            guard name.hasPrefix(Self.prefix), let file = Self.file("\(folder)/\(name)") else { return nil }
            return (name, file)
        }
    }

    private static func file(_ path: String) -> File? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let time = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        return File(size: Int(status.st_size), usedAt: time, markedAt: time)
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
