import Foundation
package import RouteGridBase

/// Whole files in and out, with errors that name the file.
package enum FileBytes {
    /// The bytes of a file.
    ///
    /// - Throws: `badInput` when the file does not exist, is a folder, or may not be read.
    package static func read(_ path: String) throws(RouteGridError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .badInput(path, reason(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .badInput(path, reason(errno)) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .badInput(path, "expected a file, found a folder") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = Foundation.read(descriptor, chunk.baseAddress, chunk.count)
            if count > 0 {
                bytes.append(contentsOf: chunk[..<count])
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                throw .badInput(path, reason(errno))
            }
        }
    }

    /// Writes a file and forces it to disk; not atomic by itself.
    ///
    /// - Throws: `system` when the file cannot be written whole.
    package static func write(_ bytes: [UInt8], to path: String) throws(RouteGridError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RouteGridError(.system, "\(path): cannot write: \(reason(errno))") }
        var offset = 0
        let isWritten = bytes.withUnsafeBytes { raw in
            while offset < raw.count, let base = raw.baseAddress {
                let count = Foundation.write(descriptor, base + offset, raw.count - offset)
                if count >= 0 { offset += count } else if errno != EINTR { return false }
            }
            return fsync(descriptor) == 0
        }
        let failure = errno
        guard close(descriptor) == 0, isWritten else {
            throw RouteGridError(.system, "\(path): cannot write: \(reason(failure))")
        }
    }

    /// The last component of a path, as error messages name files.
    package static func name(of path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

    static func reason(_ code: Int32) -> String {
        code == ENOENT ? "no such file or folder" : String(cString: strerror(code)).lowercased()
    }
}
