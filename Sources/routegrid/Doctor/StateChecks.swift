import Coordinator
import Foundation
import GRDB
import RouteGridBase

/// The checks of `doctor` on a state folder, which need not exist yet.
struct StateChecks {
    /// The folder as the user named it.
    let folder: String

    func all() -> [Finding] {
        var findings = [fileSystem()]
        if let measured = syncTime() { findings.append(measured) }
        if let store = integrity() { findings.append(store) }
        return findings
    }

    /// The folder itself, or the nearest parent that exists.
    private var existing: String {
        var url = URL(fileURLWithPath: folder).standardizedFileURL
        while !FileManager.default.fileExists(atPath: url.path) && url.path != "/" { url.deleteLastPathComponent() }
        return url.path
    }

    private func fileSystem() -> Finding {
        guard let kind = FileSystemKind(ofPath: existing) else {
            return Finding("state", .fail, existing, advice: String(cString: strerror(errno)))
        }
        let text = "\(folder) on \(kind.name)"
        guard kind.isShared else { return Finding("state", .ok, text) }
        return Finding("state", .fail, text, advice: "a network file system: choose a local disk with --state")
    }

    /// The median of 15 writes of 4 KiB, each followed by fdatasync(2), to a temporary file.
    private func syncTime() -> Finding? {
        let path = existing + "/.routegrid-doctor-\(getpid())"
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            return Finding("fsync", .fail, "cannot write in \(existing)", advice: String(cString: strerror(errno)))
        }
        defer {
            close(descriptor)
            unlink(path)
        }
        let block = [UInt8](repeating: 7, count: 4096)
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 0..<15 {
            var isWritten = false
            times.append(
                clock.measure {
                    isWritten = write(descriptor, block, block.count) == block.count && fdatasync(descriptor) == 0
                }
            )
            guard isWritten else {
                return Finding("fsync", .fail, "write failed in \(existing)", advice: String(cString: strerror(errno)))
            }
        }
        let milliseconds = times.sorted()[times.count / 2] / .milliseconds(1)
        let text = String(format: "%.2f ms (median of 15)", milliseconds)
        guard milliseconds > 50 else { return Finding("fsync", .ok, text) }
        return Finding("fsync", .warn, text, advice: "each group of records waits for one: choose a faster disk")
    }

    /// `PRAGMA integrity_check` of the store, when there is one.
    private func integrity() -> Finding? {
        let path = folder + "/records.sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let lines = try DatabaseQueue(path: path, configuration: configuration).read {
                try String.fetchAll($0, sql: "PRAGMA integrity_check(5)")
            }
            guard lines == ["ok"] else {
                return Finding(
                    "store",
                    .fail,
                    "\(path): \(lines.joined(separator: ", "))",
                    advice: "keep a copy, then export what is readable: sqlite3 \(path) .recover"
                )
            }
            return Finding("store", .ok, "\(path): integrity ok")
        } catch {
            return Finding("store", .fail, "\(path): \(error)", advice: "is it a RouteGrid store, and readable by you?")
        }
    }
}
