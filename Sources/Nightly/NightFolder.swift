import Aggregator
import Foundation
package import RouteGridBase

/// A folder that nights are published into.
///
/// `board/` is where boards are made, `nights/ID/` holds each night (files that two nights share are one file on disk,
/// blobs are those of `board/`), `latest` and `reference` lead to two of them. A night appears whole or not at all.
package final class NightFolder {
    package let path: String
    private let output: OutputFolder
    private let lock: Int32

    /// Opens a folder for this process alone.
    ///
    /// - Throws: `usage` for a folder with a foreign `index.html`; `temporary` when another process publishes into it;
    ///   `system` when it cannot be written.
    package init(path: String) throws(RouteGridError) {
        self.path = path
        output = try OutputFolder(path: path)
        let isOurs = FileManager.default.fileExists(atPath: "\(path)/\(NightHistory.name)")
        if !isOurs,
            let name = ["index.html", "feed.xml", "nights"].first(where: { name in
                FileManager.default.fileExists(atPath: "\(path)/\(name)")
            })
        {
            throw RouteGridError(
                .usage,
                "\(path)/\(name) was not written by routegrid nightly and would be overwritten; choose another --publish"
            )
        }
        lock = open("\(path)/.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let why = lock >= 0 && errno == EWOULDBLOCK
            if lock >= 0 { close(lock) }
            throw RouteGridError(
                why ? .temporary : .system,
                why ? "\(path): another night is being published into this folder" : "\(path): cannot be written"
            )
        }
    }

    deinit { close(lock) }

    /// Where boards are made.
    package var board: String { "\(path)/board" }
    package func night(_ id: String) -> String { "\(path)/nights/\(id)" }

    /// Nights that are not pruned.
    package var kept: Set<String> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/nights")) ?? []
        return Set(names.filter { !$0.hasPrefix(".") })
    }

    /// Publishes what is in `board/` as a night.
    ///
    /// - Parameters:
    ///   - id: Of the night.
    ///   - changes: Files that say what changed since the reference; none where there is none.
    ///   - earlier: A night whose files are shared where they are equal.
    /// - Throws: `system` when the folder cannot be written.
    package func add(_ id: String, changes: [(name: String, bytes: [UInt8])], earlier: String?) throws(RouteGridError) {
        let files = FileManager.default
        let incoming = try OutputFolder(path: "\(path)/nights/.incoming-\(id)")
        do {
            for name in try files.contentsOfDirectory(atPath: incoming.path) {
                try files.removeItem(atPath: incoming.place(name))
            }
            for name in try files.contentsOfDirectory(atPath: board) where name != "blobs" && !name.hasPrefix(".") {
                let made = "\(board)/\(name)"
                let known = earlier.map { "\(night($0))/\(name)" }
                let isShared = known.map { files.contentsEqual(atPath: made, andPath: $0) } ?? false
                try files.linkItem(atPath: isShared ? known ?? made : made, toPath: incoming.place(name))
            }
            try files.createSymbolicLink(
                atPath: incoming.place("blobs"),
                withDestinationPath: "../../board/blobs"
            )
        } catch { throw RouteGridError(.system, "\(incoming.path): cannot be written: \(error.localizedDescription)") }
        for change in changes { try incoming.write(change.bytes, to: change.name) }
        guard rename(incoming.path, night(id)) == 0 else {
            throw RouteGridError(.system, "\(night(id)): cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// Writes history and pages, and lets `latest` and `reference` lead to their nights.
    ///
    /// - Throws: `system` when the folder cannot be written.
    package func write(_ history: NightHistory) throws(RouteGridError) {
        let kept = kept
        let pages = NightPages(history, kept: kept)
        try output.write(history.bytes, to: NightHistory.name)
        try link("latest", to: history.nights.last.map(\.id).flatMap { kept.contains($0) ? $0 : nil })
        try link("reference", to: history.reference)
        try output.write(pages.feed, to: "feed.xml")
        try output.write(pages.index, to: "index.html")
    }

    private func link(_ name: String, to night: String?) throws(RouteGridError) {
        guard let night else { return }
        let temporary = "\(path)/.\(name)"
        unlink(temporary)
        guard symlink("nights/\(night)", temporary) == 0, rename(temporary, "\(path)/\(name)") == 0 else {
            throw RouteGridError(.system, "\(path)/\(name): cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// Removes all but the last nights, the reference and what they need.
    ///
    /// - Parameters:
    ///   - history: All nights.
    ///   - count: How many stay besides the reference.
    /// - Returns: The nights removed.
    /// - Throws: `system` when something cannot be removed.
    package func prune(_ history: NightHistory, keeping count: Int) throws(RouteGridError) -> [String] {
        let stay = Set(history.nights.suffix(max(count, 1)).map(\.id) + [history.reference].compactMap(\.self))
        let gone = kept.subtracting(stay).sorted()
        do {
            for id in gone { try FileManager.default.removeItem(atPath: night(id)) }
            guard !gone.isEmpty else { return [] }
            var needed: Set<String> = []
            for folder in kept.map(night) + [board] {
                let text = FileManager.default.contents(atPath: "\(folder)/\(OutputName.manifest)") ?? Data()
                needed.formUnion(
                    String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
                        line.split(separator: " ").last.map(String.init).flatMap { $0.hasPrefix("blobs/") ? $0 : nil }
                    }
                )
            }
            let blobs = FileManager.default.enumerator(atPath: "\(board)/blobs")?.allObjects as? [String] ?? []
            for name in blobs where name.contains("/") && !needed.contains("blobs/\(name)") {
                try FileManager.default.removeItem(atPath: "\(board)/blobs/\(name)")
            }
        } catch { throw RouteGridError(.system, "\(path): cannot be pruned: \(error.localizedDescription)") }
        return gone
    }
}
