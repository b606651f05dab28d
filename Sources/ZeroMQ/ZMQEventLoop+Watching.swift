/// All of these are called on the loop.
extension ZMQEventLoop {
    /// Calls `handler` with the messages that wait at `socket`, at most `batch` of them per turn of the loop.
    ///
    /// The handler may send on the socket, close it, and register or remove others.
    package func onReadable(_ socket: ZMQSocket, batch: Int = 256, _ handler: @escaping ([ZMQMessage]) -> Void) {
        checkIsolated()
        _ = watches.add(.socket(socket, batch: batch, handler: handler))
    }

    /// Stops watching a socket and closes it.
    package func close(_ socket: ZMQSocket, discarding: Bool = false) {
        checkIsolated()
        watches.remove { if case .socket(let watched, _, _) = $0 { watched === socket } else { false } }
        socket.close(discarding: discarding)
    }

    /// Calls `handler` when a file descriptor of the caller's is readable, is writable and watched for it, or is closed
    /// at its other end.
    ///
    /// The caller closes it, after ``forget(_:)``.
    package func onEvents(of descriptor: Int32, _ handler: @escaping (DescriptorEvents) -> Void) {
        checkIsolated()
        _ = watches.add(.descriptor(descriptor, handler: handler))
    }

    /// Sets whether the handler of ``onEvents(of:_:)`` is called when the descriptor is writable.
    package func watchWriting(of descriptor: Int32, _ wants: Bool) {
        checkIsolated()
        watches.setWriting(wants, descriptor: descriptor)
    }

    /// Sets whether the handler of ``onReadable(_:batch:_:)`` is called: unread messages wait in the socket and then at
    /// their senders.
    package func watchReading(of socket: ZMQSocket, _ wants: Bool) {
        checkIsolated()
        watches.setReading(wants, socket: socket)
    }

    /// Stops watching a file descriptor.
    package func forget(_ descriptor: Int32) {
        checkIsolated()
        watches.remove { if case .descriptor(descriptor, _) = $0 { true } else { false } }
    }

    /// Calls `handler` every `interval`, first after one.
    @discardableResult
    package func every(_ interval: Duration, _ handler: @escaping () -> Void) -> LoopTimer {
        checkIsolated()
        return timers.add(after: interval, repeating: interval, handler)
    }

    /// Calls `handler` once, after `delay`.
    @discardableResult
    package func after(_ delay: Duration, _ handler: @escaping () -> Void) -> LoopTimer {
        checkIsolated()
        return timers.add(after: delay, repeating: nil, handler)
    }

    package func cancel(_ timer: LoopTimer) {
        checkIsolated()
        timers.remove(timer)
    }
}
