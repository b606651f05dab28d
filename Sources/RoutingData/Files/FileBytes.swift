import Foundation
package import RouteGridBase

/// Whole files in and out, with errors that name the file.
package enum FileBytes {
    /// The bytes of a file; see ``InputFile``.
    ///
    /// - Throws: `badInput` when the file does not exist, may not be read, is no regular file or is too large.
    package static func read(_ path: String, limit: Int = InputFile.dataLimit) throws(RouteGridError) -> [UInt8] {
        try InputFile(path, limit: limit).bytes(limit: limit)
    }

    /// The bytes of a text file, without its byte order mark.
    ///
    /// - Throws: `badInput` as ``read(_:limit:)``, and when the content is of another kind, see ``FileKind``.
    package static func readText(
        _ path: String,
        limit: Int = InputFile.textLimit,
        expected: String
    ) throws(RouteGridError) -> [UInt8] {
        let bytes = try read(path, limit: limit)
        try FileKind.refuseBinary(bytes, place: path, expected: expected)
        return ByteOrderMark.dropped(from: bytes)
    }

    /// Writes a file and forces it to disk; not atomic by itself.
    ///
    /// - Throws: `temporary` when the disk is full, `system` when the file cannot be written whole for another reason.
    package static func write(_ bytes: [UInt8], to path: String) throws(RouteGridError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, errno) }
        var offset = 0
        let isWritten = bytes.withUnsafeBytes { raw in
            while offset < raw.count, let base = raw.baseAddress {
                let count = Foundation.write(descriptor, base + offset, raw.count - offset)
                if count >= 0 { offset += count } else if errno != EINTR { return false }
            }
            return fsync(descriptor) == 0
        }
        let number = errno
        guard close(descriptor) == 0, isWritten else { throw failure(path, number) }
    }

    private static func failure(_ path: String, _ number: Int32) -> RouteGridError {
        RouteGridError(.writing(number), "\(path): cannot write: \(reason(number))")
    }

    /// The last component of a path, as error messages name files.
    package static func name(of path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

    static func reason(_ code: Int32) -> String {
        code == ENOENT ? "no such file or folder" : String(cString: strerror(code)).lowercased()
    }
}
