import Foundation
package import RouteGridBase

/// The folder of a coordinator's state: one process at a time, on a local disk.
///
/// `records.sqlite` (with its WAL), `blobs/ab/cdef…` (large blobs by digest), `lock`.
package final class StateFolder: Sendable {
    package let path: String
    private let lockDescriptor: Int32

    package var database: String { path + "/records.sqlite" }
    package var blobs: String { path + "/blobs" }

    /// Creates the folder when it is missing, and locks it for this process.
    ///
    /// - Throws: `badInput` on a network file system, `usage` for a folder that others can change, `temporary` when
    ///   another coordinator uses it, `system` when it cannot be written.
    package init(path: String) throws(RouteGridError) {
        self.path = path
        try PrivateFolder.make(path, what: "state folder", option: "--state")
        try PrivateFolder.make(path + "/blobs", what: "folder of blobs", option: "--state")
        if let kind = FileSystemKind(ofPath: path), kind.isShared {
            throw RouteGridError.badInput(
                path,
                "the state folder is on \(kind.name), where other machines may write too and SQLite's locks and syncs are "
                    + "not safe; put it on a local disk and use `routegrid backup --to` for a copy on \(kind.name)"
            )
        }
        lockDescriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lockDescriptor >= 0 else {
            let number = errno
            throw RouteGridError(.writing(number), "\(path)/lock: \(String(cString: strerror(number)))")
        }
        // `deinit` closes the descriptor, also when this throws, and must be the only one to do so.
        if flock(lockDescriptor, LOCK_EX | LOCK_NB) != 0 {
            throw RouteGridError(.temporary, "\(path): another coordinator uses this state folder")
        }
        removeUnfinishedBlobs()
    }

    /// A folder opened for reading: nothing is created, locked or removed.
    ///
    /// - Throws: `badInput` when it holds no records.
    package init(reading path: String) throws(RouteGridError) {
        self.path = path
        lockDescriptor = -1
        guard FileManager.default.fileExists(atPath: path + "/records.sqlite") else {
            let what = FileManager.default.fileExists(atPath: path) ? "no records in this folder" : "no such folder"
            throw RouteGridError.badInput(path, "\(what); expected the state folder of a run or coordinator")
        }
    }

    /// - Throws: `system` when the folder was removed or replaced.
    func checkPresence() throws(RouteGridError) {
        var (held, named) = (stat(), stat())
        guard lockDescriptor >= 0, fstat(lockDescriptor, &held) == 0 else { return }
        guard stat(path + "/lock", &named) == 0, held.st_ino == named.st_ino, held.st_dev == named.st_dev,
            access(database, F_OK) == 0
        else {
            throw RouteGridError(
                .system,
                "\(path): the state folder was removed or replaced while it was used; what was recorded in it is lost"
            )
        }
    }

    /// Removes blobs that a killed process had not finished writing.
    private func removeUnfinishedBlobs() {
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: blobs)) ?? [] {
            let folder = "\(blobs)/\(name)"
            for file in (try? files.contentsOfDirectory(atPath: folder)) ?? [] where file.hasSuffix(".part") {
                unlink("\(folder)/\(file)")
            }
        }
    }

    deinit { if lockDescriptor >= 0 { close(lockDescriptor) } }
}
