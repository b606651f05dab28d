import Foundation
package import RouteGridBase

/// Writes a folder of files so that it appears whole or not at all.
package enum FolderWriter {
    /// Writes the files into a temporary folder beside `path`, forces them to disk and renames it into place.
    ///
    /// - Parameters:
    ///   - files: name and content of every file.
    ///   - path: the folder to appear. An existing folder is replaced only when it is empty or holds `marker` and no
    ///     other files than these names.
    ///   - marker: the file that tells a folder of this kind.
    /// - Throws: `badInput` when `path` holds something else; `system` when the disk refuses. Nothing is left behind.
    package static func write(
        _ files: [(name: String, bytes: [UInt8])],
        to path: String,
        marker: String
    ) throws(RouteGridError) {
        let exists = try checkReplaceable(path, names: Set(files.map(\.name)), marker: marker)
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let parent = target.deletingLastPathComponent()
        let temporary = parent.appendingPathComponent(
            ".\(target.lastPathComponent).\(getpid()).\(UInt32.random(in: 0 ... .max))"
        ).path
        do {
            try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        } catch {
            throw RouteGridError(.writing(errno), "\(path): cannot create the folder: \(FileBytes.reason(errno))")
        }
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        for file in files { try FileBytes.write(file.bytes, to: "\(temporary)/\(file.name)") }
        let retired = temporary + ".old"
        if exists { try move(target.path, to: retired, for: path) }
        do {
            try move(temporary, to: target.path, for: path)
        } catch {
            if exists { try? move(retired, to: target.path, for: path) }
            throw error
        }
        if exists { try? FileManager.default.removeItem(atPath: retired) }
        let folder = open(parent.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func move(_ source: String, to target: String, for path: String) throws(RouteGridError) {
        guard rename(source, target) == 0 else {
            throw RouteGridError(.writing(errno), "\(path): cannot rename into place: \(FileBytes.reason(errno))")
        }
    }

    /// Whether `path` exists; throws when it must not be replaced.
    ///
    /// Importers ask this first, so that a long import does not end with a refusal.
    @discardableResult
    package static func checkReplaceable(
        _ path: String,
        names: Set<String>,
        marker: String
    ) throws(RouteGridError) -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return false }
        guard isFolder.boolValue, let found = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw .badInput(path, "expected a folder to write or a name that is free, found a file")
        }
        guard found.isEmpty || found.contains(marker) else {
            throw .badInput(path, "the folder exists and is not a dataset (no \(marker)): it is not overwritten")
        }
        if let other = found.sorted().first(where: { !names.contains($0) }) {
            throw .badInput(path, "the folder holds \"\(other)\" beside the dataset: it is not overwritten")
        }
        return true
    }
}
