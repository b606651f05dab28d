import Foundation
import RouteGridBase

/// A file that only this user reads.
enum SecretFile {
    /// Bytes that a token needs and may have.
    private static let size = 16...512

    /// Its first line: visible ASCII without spaces.
    ///
    /// - Throws: `usage` when there is no such file; `refused` (77) when others can read or change it; `badInput` for
    ///   another content.
    static func firstLine(of path: String) throws(RouteGridError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else {
            throw RouteGridError(.usage, "\(path): cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var found = stat()
        guard fstat(file, &found) == 0, found.st_mode & S_IFMT == S_IFREG else {
            throw RouteGridError(.refused, "\(path): is no file")
        }
        guard found.st_uid == geteuid() || found.st_uid == 0, found.st_mode & 0o077 == 0 else {
            throw RouteGridError(
                .refused,
                "\(path): others can read or change it (mode \(String(found.st_mode & 0o7777, radix: 8))); "
                    + "make a new token, and `chmod 600 \(path)`"
            )
        }
        var bytes = [UInt8](repeating: 0, count: size.upperBound + 1)
        let count = max(0, read(file, &bytes, bytes.count))
        let line = bytes.prefix(count).prefix { $0 != 0x0A && $0 != 0x0D }
        guard size.contains(line.count), line.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
            throw .badInput(
                path,
                "expected a token of \(size.lowerBound) to \(size.upperBound) letters, digits and signs"
            )
        }
        return String(decoding: line, as: UTF8.self)
    }
}
