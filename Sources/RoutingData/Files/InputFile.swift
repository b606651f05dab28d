import Foundation
package import RouteGridBase

/// The one place where files that people name are opened for reading.
///
/// Only regular files are: a pipe would wait for a writer, a device may have no end, and a file of zeros that takes no
/// room on the disk may be larger than any memory.
package struct InputFile: ~Copyable {
    /// The largest file of data, in bytes (64 GiB); also no more than the machine's memory.
    package static let dataLimit = 64 << 30
    /// The largest file that people write by hand, in bytes (64 MiB): grids, price sheets.
    package static let textLimit = 64 << 20

    /// Closed with the value.
    package let descriptor: Int32
    /// As the file system says; 0 for some files of the kernel.
    package let byteCount: Int
    package let path: String

    /// Opens a file for reading.
    ///
    /// - Throws: `badInput` when it does not exist or may not be read, is no regular file, has more than `limit` bytes
    ///   or more than the machine's memory, or is large and nearly all holes.
    package init(_ path: String, limit: Int = dataLimit) throws(RouteGridError) {
        guard !path.utf8.contains(0) else { throw .badInput(path, "a file name cannot hold a NUL") }
        // Opening a pipe or some devices would wait without O_NONBLOCK; to regular files it means nothing.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let reason = errno == ENXIO ? "a socket or a device: expected a regular file" : FileBytes.reason(errno)
            throw .badInput(path, reason)
        }
        var status = stat()
        let problem =
            fstat(descriptor, &status) == 0
            ? Self.problem(status, descriptor: descriptor, limit: limit) : FileBytes.reason(errno)
        if let problem {
            close(descriptor)
            throw .badInput(path, problem)
        }
        self.descriptor = descriptor
        self.path = path
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Reads the whole file.
    ///
    /// - Throws: `badInput` when reading fails or gives more bytes than the size that the file had, if that was
    ///   above 0.
    package func bytes(limit: Int = dataLimit) throws(RouteGridError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = Foundation.read(descriptor, chunk.baseAddress, chunk.count)
            if count > 0 {
                bytes.append(contentsOf: chunk[..<count])
                guard bytes.count <= limit else { throw .badInput(path, Self.tooLarge(bytes.count, limit: limit)) }
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                throw .badInput(path, FileBytes.reason(errno))
            }
        }
    }

    private static func problem(_ status: stat, descriptor: Int32, limit: Int) -> String? {
        let kind: String
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            let size = Int(status.st_size)
            let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory)
            if size > min(limit, memory) { return tooLarge(size, limit: min(limit, memory)) }
            return isNearlyEmpty(descriptor, byteCount: size)
                ? "\(size) bytes, nearly all of them holes without content: expected a file that was written whole"
                : nil
        case S_IFDIR: return "expected a file, found a folder"
        case S_IFIFO: kind = "a pipe"
        case S_IFSOCK: kind = "a socket"
        default: kind = "a device"
        }
        return "\(kind): expected a regular file; write the data to a file first"
    }

    private static func tooLarge(_ size: Int, limit: Int) -> String {
        "\(size) bytes: expected at most \(limit)"
    }

    // Glibc's Swift module hides Linux's SEEK_DATA and SEEK_HOLE.
    private static let (seekData, seekHole): (Int32, Int32) = (3, 4)

    /// Whether a large file is holes but for a 256th of it.
    ///
    /// A file system that knows no holes says that all is content.
    private static func isNearlyEmpty(_ descriptor: Int32, byteCount: Int) -> Bool {
        guard byteCount > 64 << 20 else { return false }
        defer { lseek(descriptor, 0, SEEK_SET) }
        var (content, position) = (0, 0)
        // Many pieces of content are a written file.
        for _ in 0..<1_000 {
            let start = lseek(descriptor, position, seekData)
            guard start >= 0 else { return errno == ENXIO && content * 256 < byteCount }
            let end = lseek(descriptor, start, seekHole)
            guard end > start else { return false }
            content += end - start
            position = end
            if content * 256 >= byteCount { return false }
        }
        return false
    }
}
