import Dispatch
import Glibc
import RouteGridBase
import Testing
import ZeroMQ

/// Both ends of a pipe.
struct Pipe: Sendable {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw RouteGridError(.system, "no pipe") }
        (reading, writing) = (ends[0], ends[1])
    }

    func write(_ bytes: [UInt8]) { _ = Glibc.write(writing, bytes, bytes.count) }

    func close() {
        _ = Glibc.close(reading)
        _ = Glibc.close(writing)
    }
}

/// Waits for the next message of a socket that nothing else reads.
func nextMessage(of socket: ZMQSocket, within limit: Duration = .seconds(20)) throws -> ZMQMessage? {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if let message = try socket.receive() { return message }
        try socket.wait(.milliseconds(50))
    }
    return nil
}

/// Lets a test's thread wait for its loops.
final class LoopSignal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func signal() { semaphore.signal() }
    func wait() { #expect(semaphore.wait(timeout: .now() + 50) == .success) }
}
