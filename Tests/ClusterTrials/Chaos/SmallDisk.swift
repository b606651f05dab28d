import Foundation
package import RouteGridBase

/// A folder on a file system of its own that can be filled to its last byte, when this machine allows to mount one.
package final class SmallDisk {
    package let path: String
    /// Why there is none, or nil; then the folder is an ordinary one and is never filled.
    package let refusal: String?
    private var filler: String { path + "/filler" }
    package private(set) var isFull = false

    /// - Throws: `system` when the folder cannot be made.
    package init(at path: String, megabytes: Int) throws(RouteGridError) {
        self.path = path
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw RouteGridError(.system, "\(path): \(String(cString: strerror(errno)))")
        }
        if mount("tmpfs", path, "tmpfs", UInt(MS_NOSUID | MS_NODEV), "size=\(megabytes)m") == 0 {
            refusal = nil
        } else {
            refusal = "no file system can be mounted here: \(String(cString: strerror(errno)))"
        }
    }

    deinit {
        if refusal == nil { umount2(path, Int32(MNT_DETACH)) }
    }

    /// Fills it; what others write from now on fails with ENOSPC.
    package func fill() {
        guard refusal == nil else { return }
        isFull = true
        let file = open(filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        for size in [1 << 20, 4_096, 1] {
            let block = [UInt8](repeating: 0, count: size)
            while write(file, block, size) == size {}
        }
    }

    package func free() {
        isFull = false
        unlink(filler)
    }
}
