import Dispatch
import Foundation
import RouteGridBase

/// The output of a child: the end of it in memory, all of it in a log file as far as there is space.
///
/// A full disk truncates the log but not the last words, which report that it is full.
final class ChildOutput {
    private static let kept = 16 << 10
    /// One queue for all children: they write little.
    private static let queue = DispatchQueue(label: "routegrid.children")

    private let pipe: Int32
    private let file: Int32
    private let tail = LockedBox<[UInt8]>([])
    private let source: any DispatchSourceRead

    /// - Parameters:
    ///   - pipe: The reading end, non-blocking; closed on release.
    ///   - log: A file that is appended to.
    init(pipe: Int32, log: String) {
        self.pipe = pipe
        source = DispatchSource.makeReadSource(fileDescriptor: pipe, queue: ChildOutput.queue)
        file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        let (tail, source, file) = (tail, source, file)
        source.setEventHandler { if !ChildOutput.read(pipe, tail, file) { source.cancel() } }
        source.setCancelHandler {
            close(pipe)
            if file >= 0 { close(file) }
        }
        source.activate()
    }

    deinit { source.cancel() }

    /// The last line that is not blank.
    var lastLine: String? {
        // What is in the pipe is read before. The pipe is closed on this queue, after the source was cancelled.
        ChildOutput.queue.sync {
            if !source.isCancelled, !ChildOutput.read(pipe, tail, file) { source.cancel() }
        }
        let text = tail.withLock { String(decoding: $0, as: UTF8.self) }
        return text.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
    }

    /// Reads what is available; false at end of file.
    private static func read(_ pipe: Int32, _ tail: LockedBox<[UInt8]>, _ file: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Foundation.read(pipe, &buffer, buffer.count)
            if count > 0 {
                if file >= 0 { _ = write(file, buffer, count) }
                tail.withLock { tail in
                    tail += buffer[..<count]
                    if tail.count > 2 * kept { tail.removeFirst(tail.count - kept) }
                }
            } else if count < 0 && errno == EINTR {
                continue
            } else {
                return count < 0 && errno == EAGAIN
            }
        }
    }
}
