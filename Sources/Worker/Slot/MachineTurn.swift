import Foundation
import Glibc
import RouteGridBase
package import ZeroMQ

/// Which slots of one coordinator may compute on this machine: any number together, or one that measures, alone.
///
/// It uses two advisory locks on files that are shared by all slots of a user whose workers have the same coordinator;
/// the kernel releases them when a process ends, however it ends. Clusters do not wait for each other: a measurement
/// records what else the machine did (`load`). A measurement takes the first lock, the door, so that no new task
/// starts, then waits for the second, the room, until the running ones are done. Every wait has a timeout: a task past
/// its own goes on and appends a byte to the door's file as a mark, by which the measurement knows that it was not
/// alone.
package final class MachineTurn {
    /// How long a measurement waits for tasks that started before it.
    package static let aloneTimeout = Duration.seconds(10)
    /// How long a task waits for measurements: longer than a stopped process should delay a machine.
    package static let taskTimeout = Duration.seconds(120)

    private let files: String
    private var door: Int32
    private var room: Int32
    /// The door's number of marks when this process became alone; nil when it did not.
    private var marksWhenAlone: off_t?

    /// - Parameter files: the prefix of the two files' names; by default one for all slots of this user.
    package init(files: String = "/tmp/routegrid-\(getuid())") {
        self.files = files
        (door, room) = (Self.open(files + ".door"), Self.open(files + ".room"))
    }

    /// Removes the files when they are not in use: the last worker of a coordinator leaves nothing behind.
    ///
    /// A process that has them open detects at its next turn that they were unlinked, and opens new ones.
    package static func removeUnused(_ files: String) {
        let door = Glibc.open(files + ".door", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        let room = Glibc.open(files + ".room", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        defer { for descriptor in [door, room] where descriptor >= 0 { close(descriptor) } }
        guard door >= 0, flock(door, LOCK_EX | LOCK_NB) == 0 else { return }
        guard room < 0 || flock(room, LOCK_EX | LOCK_NB) == 0 else { return }
        unlink(files + ".room")
        unlink(files + ".door")
    }

    /// Whether the files were unlinked: other processes open new ones.
    private var isRemoved: Bool {
        var info = stat()
        return door >= 0 && fstat(door, &info) == 0 && info.st_nlink == 0
    }

    /// Opens the files again after they were removed.
    private func renew() {
        guard isRemoved else { return }
        for descriptor in [door, room] where descriptor >= 0 { close(descriptor) }
        (door, room) = (Self.open(files + ".door"), Self.open(files + ".room"))
    }

    /// The prefix of the two files' names for a coordinator: beside its socket, or in the temporary folder.
    package static func files(of coordinator: ZMQAddress) -> String {
        if case .ipc(let path) = coordinator.transport { return path }
        let digest = Digest(hashing: Array(coordinator.text.utf8)).hex
        return "/tmp/routegrid-\(getuid())-\(digest.prefix(8))"
    }

    deinit {
        for descriptor in [door, room] where descriptor >= 0 { close(descriptor) }
    }

    private static func open(_ path: String) -> Int32 {
        let descriptor = Glibc.open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { return -1 }
        // Another user could hold a lock on a file of their own for ever.
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            close(descriptor)
            return -1
        }
        return descriptor
    }

    /// Starts a task that may run beside others.
    package func enter() {
        renew()
        guard Self.take(door, LOCK_SH, within: Self.taskTimeout) else {
            _ = write(door, "x", 1)
            return
        }
        _ = Self.take(room, LOCK_SH, within: .zero)
        flock(door, LOCK_UN)
        // A held lock keeps the files from being removed, but they may have been removed before it was taken.
        guard isRemoved else { return }
        leave()
        enter()
    }

    /// Starts a measurement.
    ///
    /// - Parameter patience: how long it waits for tasks that started before.
    package func enterAlone(patience: Duration = aloneTimeout) {
        renew()
        guard Self.take(door, LOCK_EX, within: Self.taskTimeout), Self.take(room, LOCK_EX, within: patience) else {
            return
        }
        guard !isRemoved else {
            leave()
            return enterAlone(patience: patience)
        }
        marksWhenAlone = marks
    }

    /// Whether no other task ran since ``enterAlone(patience:)``.
    package var isAlone: Bool { marksWhenAlone != nil && marksWhenAlone == marks }

    /// Ends the task or measurement.
    package func leave() {
        marksWhenAlone = nil
        flock(room, LOCK_UN)
        flock(door, LOCK_UN)
    }

    private var marks: off_t { lseek(door, 0, SEEK_END) }

    private static func take(_ descriptor: Int32, _ operation: Int32, within patience: Duration) -> Bool {
        guard descriptor >= 0 else { return false }
        let deadline = ContinuousClock.now + patience
        while flock(descriptor, operation | LOCK_NB) != 0 {
            guard errno == EINTR || (errno == EWOULDBLOCK && ContinuousClock.now < deadline) else { return false }
            usleep(1_000)
        }
        return true
    }
}
