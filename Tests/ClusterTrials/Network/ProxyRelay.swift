import Foundation

/// The listener and the connections of one proxy, on its thread.
struct ProxyRelay {
    let listener: Int32
    let target: UInt16
    let observer: FaultyProxy.Observer?
    private var connections: [ProxyConnection] = []

    init(listener: Int32, target: UInt16, observer: FaultyProxy.Observer?) {
        (self.listener, self.target, self.observer) = (listener, target, observer)
    }

    /// Waits a few milliseconds at most for something to do, and does it.
    mutating func turn(_ policy: FaultyProxy.Policy) {
        var items = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        for connection in connections { items += connection.wanted(policy) }
        poll(&items, nfds_t(items.count), 5)
        if items[0].revents != 0 { accept() }
        for connection in connections { connection.turn(policy) }
        connections.removeAll(where: \.isClosed)
    }

    private mutating func accept() {
        while true {
            let client = Foundation.accept(listener, nil, nil)
            guard client >= 0 else { return }
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            connections.append(
                ProxyConnection(client: client, server: LoopbackSocket.connect(to: target), observer: observer)
            )
        }
    }

    mutating func reset() {
        for connection in connections { connection.reset() }
        connections = []
    }

    mutating func close() {
        reset()
        Foundation.close(listener)
    }
}

/// One connection of a client through the proxy to the server.
final class ProxyConnection {
    /// Bytes on their way in one direction.
    private struct Pipe {
        let source: Int32
        let sink: Int32
        let observer: (any ProxyObserver)?
        var chunks: [(due: ContinuousClock.Instant, bytes: ArraySlice<UInt8>)] = []
        var held = 0
        /// The source sent its last byte.
        var isEnded = false
    }

    private var up: Pipe
    private var down: Pipe
    private(set) var isClosed = false
    private static let most = 1 << 20

    init(client: Int32, server: Int32, observer: FaultyProxy.Observer?) {
        up = Pipe(source: client, sink: server, observer: observer?(true))
        down = Pipe(source: server, sink: client, observer: observer?(false))
    }

    func wanted(_ policy: FaultyProxy.Policy) -> [pollfd] {
        let sides = [(up, down, policy.holdsUp, policy.holdsDown), (down, up, policy.holdsDown, policy.holdsUp)]
        return sides.map { pipe, other, isHeld, isOtherHeld in
            var events = pipe.isEnded || isHeld || pipe.held > Self.most ? 0 : Int32(POLLIN)
            if !isOtherHeld, let first = other.chunks.first, first.due <= .now { events |= Int32(POLLOUT) }
            return pollfd(fd: events == 0 ? -1 : pipe.source, events: Int16(events), revents: 0)
        }
    }

    func turn(_ policy: FaultyProxy.Policy) {
        guard !isClosed else { return }
        guard move(&up, policy.delay, isHeld: policy.holdsUp), move(&down, policy.delay, isHeld: policy.holdsDown)
        else {
            return reset()
        }
        if (up.isEnded && up.chunks.isEmpty) || (down.isEnded && down.chunks.isEmpty) { end() }
    }

    /// Reads what is there and writes what is due; false when one side is gone.
    private func move(_ pipe: inout Pipe, _ delay: Duration, isHeld: Bool) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !isHeld, !pipe.isEnded, pipe.held <= Self.most {
            let count = recv(pipe.source, &buffer, buffer.count, 0)
            if count < 0 {
                guard errno == EAGAIN || errno == ENOTCONN || errno == EINTR else { return false }
                break
            }
            if count == 0 {
                pipe.isEnded = true
                break
            }
            pipe.observer?.see(buffer[..<count])
            pipe.chunks.append((.now + delay, buffer[..<count]))
            pipe.held += count
        }
        while !isHeld, let first = pipe.chunks.first, first.due <= .now {
            let count = write(pipe, first.bytes)
            if count < 0 {
                guard errno == EAGAIN || errno == ENOTCONN || errno == EINTR else { return false }
                break
            }
            pipe.held -= count
            if count == first.bytes.count { pipe.chunks.removeFirst() } else { pipe.chunks[0].bytes.removeFirst(count) }
        }
        return true
    }

    private func write(_ pipe: Pipe, _ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBytes { send(pipe.sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// Both sides are cut off; half of the next bytes pass, so that a message ends in its middle.
    func reset() {
        guard !isClosed else { return }
        for pipe in [up, down] {
            if let first = pipe.chunks.first?.bytes { _ = write(pipe, first.prefix(first.count / 2)) }
        }
        isClosed = true
        LoopbackSocket.abort(up.source)
        LoopbackSocket.abort(down.source)
    }

    private func end() {
        isClosed = true
        close(up.source)
        close(down.source)
    }
}
