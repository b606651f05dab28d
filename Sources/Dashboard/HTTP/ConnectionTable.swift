import FlyingSocks
import Foundation
import RouteGridBase

/// Open connections: how many there are, and until when each may take.
///
/// A connection past its time is shut down, which wakes whoever reads from it or writes to it.
final class ConnectionTable: Sendable {
    private struct State {
        var deadlines: [Int32: ContinuousClock.Instant] = [:]
    }

    private let state = LockedBox(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// False when there are too many already.
    func enter(_ socket: Socket, until deadline: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            guard state.deadlines.count < limit else { return false }
            state.deadlines[socket.file.rawValue] = deadline
            return true
        }
    }

    func extend(_ socket: Socket, until deadline: ContinuousClock.Instant) {
        state.withLock { $0.deadlines[socket.file.rawValue] = deadline }
    }

    /// Forgets and closes; in one step, so that the number of its file is not shut down under another's feet.
    func close(_ socket: AsyncSocket) {
        state.withLock { state in
            state.deadlines[socket.socket.file.rawValue] = nil
            try? socket.close()
        }
    }

    func shutExpired(at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            for (file, deadline) in state.deadlines where deadline < now { shutdown(file, Int32(SHUT_RDWR)) }
        }
    }

    var count: Int { state.withLock { $0.deadlines.count } }
}
