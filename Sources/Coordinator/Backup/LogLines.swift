import Foundation
import RouteGridBase

/// The lines of a backup's log, in order, up to the length that the backup's position holds.
///
/// Only a part of the file is in memory at a time.
struct LogLines {
    /// Bytes per read.
    private static let partSize = 1 << 20
    /// No line is longer: a record comes in one message.
    private static let longestLine = 64 << 20

    private let path: String
    private let file: FileHandle?
    /// Bytes that were not read yet.
    private var left: Int
    /// Bytes that were read; those from `start` on were not returned yet.
    private var part: [UInt8] = []
    private var start = 0
    /// Number of lines returned.
    private(set) var count = 0

    /// Opens a log.
    ///
    /// - Throws: `badInput` when it is missing, or shorter than `byteCount`.
    init(_ path: String, byteCount: Int) throws(RouteGridError) {
        self.path = path
        left = byteCount
        file = FileHandle(forReadingAtPath: path)
        let size = try? file?.seekToEnd()
        guard let file, let size else {
            if byteCount == 0 { return }
            throw .badInput(path, "missing, and the backup's position says \(byteCount) bytes")
        }
        guard size >= UInt64(byteCount), (try? file.seek(toOffset: 0)) != nil else {
            throw .badInput(path, "\(size) bytes, and the backup's position says \(byteCount)")
        }
    }

    /// The place of the last line returned, for messages.
    var place: String { "\(path):\(count)" }

    /// The next line without its line feed; nil after the last.
    ///
    /// - Throws: `badInput` when the last line has no end, or a line is longer than any record.
    mutating func next() throws(RouteGridError) -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = part[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = part[start..<end]
                start = end + 1
                count += 1
                return line
            }
            searched = part.count - start
            guard left > 0 else {
                guard start == part.count else { throw .badInput(path, "line \(count + 1) has no end") }
                return nil
            }
            guard searched <= Self.longestLine else {
                throw .badInput(path, "line \(count + 1) is longer than \(Self.longestLine) bytes")
            }
            try readOn()
        }
    }

    /// Reads the next part after the bytes that were not returned yet.
    private mutating func readOn() throws(RouteGridError) {
        part.removeSubrange(..<start)
        start = 0
        let data: Data?
        do { data = try file?.read(upToCount: min(left, Self.partSize)) } catch {
            throw RouteGridError(.system, "\(path): \(error.localizedDescription)")
        }
        guard let data, !data.isEmpty else { throw .badInput(path, "it became shorter while it was read") }
        part.append(contentsOf: data)
        left -= data.count
    }
}
