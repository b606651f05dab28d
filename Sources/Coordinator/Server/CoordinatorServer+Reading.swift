import Logging
import Scheduling
import ZeroMQ

/// When the coordinator reads, and how timeouts are suspended while it does not.
extension CoordinatorServer {
    /// Stops reading while too much waits for the disk: messages then wait at their senders.
    func updateReading() {
        guard let socket else { return }
        let isFull = commits.isFull
        if isFull != isReadingPaused {
            log.info(isFull ? "too much waits for the disk: nothing is read" : "reading again")
        }
        isReadingPaused = isFull
        loop.watchReading(of: socket, !isFull)
    }

    /// Advances the clock: a worker past its timeout is lost, unless its messages may be unread here.
    ///
    /// That is so while reading is paused, and after `sleepMilliseconds` without an empty socket: messages then arrive
    /// faster than they are handled.
    func tick() {
        checkForUnread()
        if isReadingPaused || now - lastFullyRead > configuration.scheduler.stopDetectionMilliseconds {
            handle(.unread)
        }
        handle(.tick)
    }

    /// Checks whether all that was sent is read: pending messages are handled before any worker can time out.
    func checkForUnread() {
        if !isReadingPaused, let socket, socket.isOpen, !socket.hasUnread { lastFullyRead = now }
    }

    /// While reading is paused no heartbeat is answered: workers get unsolicited ones, or they would take their
    /// coordinator for dead, reconnect, and send again what it could not read yet.
    func sendUnsolicitedHeartbeats() {
        guard isReadingPaused else { return }
        for peer in peers.all where peer.worker != nil { send(.heartbeat, to: peer.route) }
    }
}
