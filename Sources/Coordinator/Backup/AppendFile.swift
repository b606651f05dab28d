import Foundation
import RouteGridBase

/// A file that is only appended to.
final class AppendFile {
    private let path: String
    private let descriptor: Int32

    /// Opens or creates a file and truncates it to its first `byteCount` bytes.
    ///
    /// - Throws: `badInput` when it is shorter; `system` when it cannot be written, `temporary` on a full disk.
    init(_ path: String, cutAt byteCount: Int) throws(RouteGridError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { throw Self.failure(path) }
        guard size >= byteCount else {
            throw .badInput(path, "shorter than position.json says; the copy is damaged, use another folder")
        }
        guard ftruncate(descriptor, off_t(byteCount)) == 0, lseek(descriptor, 0, SEEK_END) == byteCount else {
            throw Self.failure(path)
        }
    }

    deinit { close(descriptor) }

    /// Appends a line and a line feed.
    func append(line: some Sequence<UInt8>) throws(RouteGridError) {
        var bytes = Array(line)
        bytes.append(UInt8(ascii: "\n"))
        var offset = 0
        while offset < bytes.count {
            let written = bytes[offset...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 { offset += written } else if errno != EINTR { throw Self.failure(path) }
        }
    }

    /// Returns when all of it is on disk.
    func sync() throws(RouteGridError) {
        guard fsync(descriptor) == 0 else { throw Self.failure(path) }
    }

    private static func failure(_ path: String) -> RouteGridError {
        let code = errno
        return RouteGridError(
            .writing(code),
            "\(path): \(String(cString: strerror(code)))"
        )
    }
}
