import Foundation
import Glibc
import RouteGridBase
package import ZeroMQ

/// Who computes for a coordinator on this machine: any number of slots at once, or one that measures, alone.
///
/// Two advisory locks on files that all slots of a user share whose workers have one coordinator; the kernel frees them when
/// a process ends, however it ends. Clusters do not wait for each other: a time says what else the machine did (`load`). The first is the door: who measures shuts it, so that nobody begins any more, then
/// waits for the second, the room, until those inside are through. Nobody waits for ever: a task that waited longer than
/// its patience goes on, leaves a byte in the door's file as a mark, and the measurement knows that it was not alone.
package final class MachineTurn {
    /// How long a measurement waits for tasks that were begun before it.
    package static let quietPatience = Duration.seconds(10)
    /// How long a task waits for measurements: longer than a stopped process should hold up a machine.
    package static let workPatience = Duration.seconds(120)

    private let files: String
    private var door: Int32
    private var room: Int32
    /// The door's marks when this process was left alone; nil when it was not.
    private var marksWhenAlone: off_t?

    /// - Parameter files: what the names of the two files begin with; by default one for all slots of this user.
    package init(files: String = "/tmp/routegrid-\(getuid())") {
        self.files = files
        (door, room) = (Self.open(files + ".door"), Self.open(files + ".room"))
    }

    /// Removes the files when nobody is inside: the last worker of a coordinator leaves nothing behind.
    ///
    /// Who has them open meanwhile finds on its next turn that they have no name any more, and opens them anew.
    package static func removeUnused(_ files: String) {
        let door = Glibc.open(files + ".door", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        let room = Glibc.open(files + ".room", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        defer { for descriptor in [door, room] where descriptor >= 0 { close(descriptor) } }
        guard door >= 0, flock(door, LOCK_EX | LOCK_NB) == 0 else { return }
        guard room < 0 || flock(room, LOCK_EX | LOCK_NB) == 0 else { return }
        unlink(files + ".room")
        unlink(files + ".door")
    }

    /// Whether the files have no name any more: who comes now opens others.
    private var isRemoved: Bool {
        var info = stat()
        return door >= 0 && fstat(door, &info) == 0 && info.st_nlink == 0
    }

    /// Opens files anew that were removed.
    private func renew() {
        guard isRemoved else { return }
        for descriptor in [door, room] where descriptor >= 0 { close(descriptor) }
        (door, room) = (Self.open(files + ".door"), Self.open(files + ".room"))
    }

    /// What the names of the two files begin with for a coordinator: beside its socket, or in the temporary folder.
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
        // A file that another user has put there could be locked for ever.
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            close(descriptor)
            return -1
        }
        return descriptor
    }

    /// Begins a task that others may compute beside.
    package func enter() {
        renew()
        guard Self.take(door, LOCK_SH, within: Self.workPatience) else {
            _ = write(door, "x", 1)
            return
        }
        _ = Self.take(room, LOCK_SH, within: .zero)
        flock(door, LOCK_UN)
        // Who is inside keeps the files from being removed; before that they may have been.
        guard isRemoved else { return }
        leave()
        enter()
    }

    /// Begins a measurement.
    ///
    /// - Parameter patience: how long tasks that were begun before may take.
    package func enterAlone(patience: Duration = quietPatience) {
        renew()
        guard Self.take(door, LOCK_EX, within: Self.workPatience), Self.take(room, LOCK_EX, within: patience) else {
            return
        }
        guard !isRemoved else {
            leave()
            return enterAlone(patience: patience)
        }
        marksWhenAlone = marks
    }

    /// Whether nobody else computed since ``enterAlone(patience:)``.
    package var isAlone: Bool { marksWhenAlone != nil && marksWhenAlone == marks }

    /// Ends what was begun.
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
