import Logging
import Scheduling
import ZeroMQ

/// When the coordinator reads, and what it makes of silence while it does not.
extension CoordinatorServer {
    /// Reads nothing more while too much waits for the disk: what is sent meanwhile waits at its senders.
    func holdBack() {
        guard let socket else { return }
        let isFull = commits.isFull
        if isFull != isHeldBack {
            log.info(isFull ? "too much waits for the disk: nothing is read" : "reading again")
        }
        isHeldBack = isFull
        loop.watchReading(of: socket, !isFull)
    }

    /// Lets time pass: who was silent for too long is lost, unless what it said lies unread here.
    ///
    /// That is so while reading is held back, and when messages came faster than they were handled for as long as a stop
    /// of the whole process would take to be noticed.
    func tick() {
        noteUnread()
        if isHeldBack || now - caughtUp > configuration.scheduler.sleepMilliseconds { handle(.unread) }
        handle(.tick)
    }

    /// Sees whether all that was sent is read: what is at hand is handled before anybody is called silent.
    func noteUnread() {
        if !isHeldBack, let socket, socket.isOpen, !socket.hasUnread { caughtUp = now }
    }

    /// While nothing is read no heartbeat is answered: workers are told unasked that somebody is here, or they would take
    /// their coordinator for dead, connect again and send again what it could not read yet.
    func reassureWorkers() {
        guard isHeldBack else { return }
        for peer in peers.all where peer.worker != nil { send(.heartbeat, to: peer.route) }
    }
}
