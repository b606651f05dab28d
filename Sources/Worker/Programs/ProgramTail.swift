import Glibc
import RouteGridBase

/// The end of what a program writes to stderr, however much that is.
struct ProgramTail {
    private let size: Int
    private var bytes: [UInt8] = []
    /// Bytes at the end that were not passed on.
    private var fresh = 0
    private var passed = ContinuousClock.now

    init(size: Int) { self.size = size }

    /// Reads what is there; false at the end of the pipe.
    mutating func read(_ descriptor: Int32) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
            for _ in 0..<64 {
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if count > 0 {
                    bytes.append(contentsOf: buffer[..<count].suffix(size))
                    if bytes.count > size { bytes.removeFirst(bytes.count - size) }
                    fresh = min(fresh + count, bytes.count)
                } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                    return false
                } else if errno == EAGAIN {
                    return true
                }
            }
            return true
        }
    }

    /// Passes on what is new, at most once in some seconds: were this process killed, its end would be lost.
    mutating func passNowAndThen() {
        if fresh > 0, ContinuousClock.now - passed > .seconds(1) { pass() }
    }

    /// Writes what is new to this process's stderr.
    mutating func pass() {
        let rest = Array(bytes.suffix(fresh))
        var sent = 0
        while sent < rest.count {
            let count = rest.withUnsafeBytes { bytes in
                write(STDERR_FILENO, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
            }
            guard count > 0 || errno == EINTR else { break }
            sent += max(count, 0)
        }
        (fresh, passed) = (0, .now)
    }

    /// Its last line that is not empty, for one line of a message.
    var last: String? {
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.last { !$0.allSatisfy(\.isWhitespace) }.map { SafeText.line(String($0.suffix(500))) }
    }
}
