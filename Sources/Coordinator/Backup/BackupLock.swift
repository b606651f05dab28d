import Foundation
import RouteGridBase

/// Keeps a backup folder to one writer.
///
/// On a file system without locks there is none, and nothing keeps two apart.
final class BackupLock {
    private let descriptor: Int32

    /// - Throws: `temporary` when another process writes into the folder; `system` when the file cannot be made.
    init(_ folder: BackupFolder) throws(RouteGridError) {
        descriptor = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            throw RouteGridError(
                code == ENOSPC || code == EDQUOT ? .temporary : .system,
                "\(folder.lock): \(String(cString: strerror(code)))"
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            // The descriptor is closed at the end of what was made so far, once.
            throw RouteGridError(.temporary, "\(folder.path): another backup writes into this folder")
        }
    }

    deinit { close(descriptor) }
}
