import Foundation
import RouteGridBase

/// A folder that is reached once and then only through its descriptor, so that nobody can put another in its place.
final class KeyFolder: Sendable {
    let path: String
    private let descriptor: Int32

    /// A folder of mode 0700 of this user; nil when there is none.
    ///
    /// - Throws: `refused` when it is a link, is another user's, or lets others in; `system` when it cannot be opened.
    init?(existing path: String, what: String) throws(RouteGridError) {
        let opened = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if opened < 0 {
            switch errno {
            case ENOENT: return nil
            case ELOOP, ENOTDIR:
                throw RouteGridError(.refused, "\(path): the \(what) must be a folder, not a link or a file")
            case let number: throw KeyFolder.failure(path, "cannot be opened", number)
            }
        }
        // From here on `deinit` closes it.
        (self.path, descriptor) = (path, opened)
        var found = stat()
        guard fstat(opened, &found) == 0 else { throw KeyFolder.failure(path, "cannot be looked at", errno) }
        guard found.st_uid == geteuid() else {
            throw RouteGridError(
                .refused,
                "\(path): the \(what) belongs to user \(found.st_uid), not to user \(geteuid()) who runs this"
            )
        }
        guard found.st_mode & 0o077 == 0 else {
            throw RouteGridError(
                .refused,
                "\(path): other users can reach the \(what) (mode \(String(found.st_mode & 0o7777, radix: 8))); "
                    + "if nobody has, `chmod 700 \(path)`, else make new keys"
            )
        }
    }

    /// The same, made when it is missing; its parent must be there.
    static func make(_ path: String, what: String) throws(RouteGridError) -> KeyFolder {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure(path, "cannot be made", errno) }
        guard let folder = try KeyFolder(existing: path, what: what) else {
            throw failure(path, "cannot be opened", ENOENT)
        }
        return folder
    }

    /// Any folder that a key's file is to be put into.
    init(of file: String) throws(RouteGridError) {
        path = file.lastIndex(of: "/").map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? ""
        descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 {
            let number = errno
            if number == ENOENT { throw RouteGridError(.usage, "\(file): there is no such folder") }
            throw KeyFolder.failure(path.isEmpty ? "." : path, "cannot be opened", number)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The path of a file in it, for messages.
    func place(of name: String) -> String { path.isEmpty ? name : "\(path)/\(name)" }

    // MARK: Files

    /// The names of what is in it, sorted; hidden ones are left out.
    func names() throws(RouteGridError) -> [String] {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd/\(descriptor)")
            return names.filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw RouteGridError(.system, "\(path): cannot be listed: \(error.localizedDescription)")
        }
    }

    /// The bytes of a file of this user that others cannot change; nil when there is none.
    ///
    /// - Throws: `refused` when it is no such file, `badInput` when it is too large, `system` when it cannot be read.
    func read(_ name: String, isSecret: Bool) throws(RouteGridError) -> [UInt8]? {
        let file = place(of: name)
        let opened = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard opened >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP:
                throw RouteGridError(.refused, "\(file): is a symbolic link; a key's file must be the file itself")
            case let number: throw KeyFolder.failure(file, "cannot be read", number)
            }
        }
        defer { close(opened) }
        try KeyFolder.check(opened, file, isSecret: isSecret)
        var bytes = [UInt8](repeating: 0, count: FieldText.longest + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                pread(opened, $0.baseAddress.map { $0 + count }, $0.count - count, off_t(count))
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw KeyFolder.failure(file, "cannot be read", errno)
            }
            if got == 0 { break }
            count += got
        }
        defer { explicit_bzero(&bytes, bytes.count) }
        guard count <= FieldText.longest else { throw .badInput(file, "is too large for a key's file") }
        return Array(bytes.prefix(count))
    }

    private static func check(_ opened: Int32, _ file: String, isSecret: Bool) throws(RouteGridError) {
        var found = stat()
        guard fstat(opened, &found) == 0 else { throw failure(file, "cannot be looked at", errno) }
        guard found.st_mode & S_IFMT == S_IFREG else { throw RouteGridError(.refused, "\(file): is no file") }
        guard found.st_uid == geteuid() || found.st_uid == 0 else {
            throw RouteGridError(
                .refused,
                "\(file): belongs to user \(found.st_uid), not to user \(geteuid()) who runs this"
            )
        }
        // systemd hands credentials out as files of root, which the service reads by an entry for it that shows as the
        // group's right.
        let isHandedOut = found.st_uid == 0 && geteuid() != 0
        let forbidden: mode_t = !isSecret ? 0o022 : isHandedOut ? 0o037 : 0o077
        guard found.st_mode & forbidden == 0 else {
            throw RouteGridError(
                .refused,
                "\(file): other users can \(isSecret ? "read" : "change") it (mode "
                    + "\(String(found.st_mode & 0o7777, radix: 8))); if nobody has, "
                    + "`chmod \(isSecret ? "600" : "go-w") \(file)`, else make a new key"
            )
        }
    }

    /// Writes a file of mode 0600, whole or not at all: it is on disk when this returns.
    ///
    /// - Parameters:
    ///   - bytes: its content.
    ///   - name: of a file in the folder.
    ///   - replacing: whether there may be one already.
    /// - Throws: `usage` when there is one and it is not to be replaced, `temporary` on a full disk, `system`.
    func write(_ bytes: [UInt8], to name: String, replacing: Bool) throws(RouteGridError) {
        let file = place(of: name)
        var generator = SystemRandomNumberGenerator()
        let partial = ".\(name.prefix(100)).\(String(generator.next() as UInt64, radix: 16))"
        let opened = openat(descriptor, partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw KeyFolder.failure(file, "cannot be written", errno) }
        defer { unlinkat(descriptor, partial, 0) }
        let isWritten = KeyFolder.write(bytes, opened) && fchmod(opened, 0o600) == 0 && fsync(opened) == 0
        let number = errno
        guard close(opened) == 0, isWritten else { throw KeyFolder.failure(file, "cannot be written", number) }
        if replacing {
            guard renameat(descriptor, partial, descriptor, name) == 0 else {
                throw KeyFolder.failure(file, "cannot be written", errno)
            }
        } else {
            // A link fails where a file is; a rename would replace it.
            guard linkat(descriptor, partial, descriptor, name, 0) == 0 else {
                if errno == EEXIST { throw RouteGridError(.usage, "\(file): exists already; keys are not overwritten") }
                throw KeyFolder.failure(file, "cannot be written", errno)
            }
        }
        guard fsync(descriptor) == 0 else { throw KeyFolder.failure(file, "cannot be written", errno) }
    }

    private static func write(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
        var offset = 0
        return bytes.withUnsafeBytes { raw in
            while offset < raw.count, let base = raw.baseAddress {
                let count = Glibc.write(descriptor, base + offset, raw.count - offset)
                if count >= 0 { offset += count } else if errno != EINTR { return false }
            }
            return true
        }
    }

    /// Removes a file, when it is there.
    func remove(_ name: String) { unlinkat(descriptor, name, 0) }

    // MARK: Changes

    private static let lockName = ".lock"

    /// Runs `body` while no other process changes the folder.
    ///
    /// The length of the lock's file counts the changes: see ``Stamp``.
    func locked<Result>(_ body: () throws(RouteGridError) -> Result) throws(RouteGridError) -> Result {
        let lock = openat(descriptor, Self.lockName, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw KeyFolder.failure(path, "cannot be locked", errno) }
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw KeyFolder.failure(path, "cannot be locked", errno) }
        }
        defer {
            var found = stat()
            if fstat(lock, &found) == 0 { ftruncate(lock, found.st_size + 1) }
        }
        return try body()
    }

    /// Differs from an earlier one when something was put into the folder or taken from it since.
    ///
    /// The time is as coarse as the kernel's tick, the number counts our own changes only.
    struct Stamp: Hashable, Sendable {
        let seconds: Int
        let nanoseconds: Int
        let changes: Int
    }

    func stamp() -> Stamp? {
        var found = stat()
        guard fstat(descriptor, &found) == 0 else { return nil }
        var lock = stat()
        let changes = fstatat(descriptor, Self.lockName, &lock, AT_SYMLINK_NOFOLLOW) == 0 ? Int(lock.st_size) : 0
        return Stamp(seconds: found.st_mtim.tv_sec, nanoseconds: found.st_mtim.tv_nsec, changes: changes)
    }

    private static func failure(_ path: String, _ what: String, _ number: Int32) -> RouteGridError {
        let code: RouteGridError.Code = number == EACCES || number == EPERM ? .refused : .writing(number)
        return RouteGridError(code, "\(path): \(what): \(String(cString: strerror(number)).lowercased())")
    }
}
