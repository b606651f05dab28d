import Foundation
import RouteGridBase

/// Keeps a backup folder to one writer.
///
/// A file system without locks gives no such protection.
final class BackupLock {
    private let descriptor: Int32

    /// - Throws: `temporary` when another process writes into the folder; `system` when the file cannot be created.
    init(_ folder: BackupFolder) throws(RouteGridError) {
        descriptor = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            throw RouteGridError(
                .writing(code),
                "\(folder.lock): \(String(cString: strerror(code)))"
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            // `deinit` closes the descriptor, also when this throws, and must be the only one to do so.
            throw RouteGridError(.temporary, "\(folder.path): another backup writes into this folder")
        }
    }

    deinit { close(descriptor) }
}
