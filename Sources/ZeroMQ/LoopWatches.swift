import CPlatform
import CZeroMQ
import Glibc

/// What one loop polls: its eventfd, its sockets, and foreign file descriptors.
final class LoopWatches {
    final class Watch {
        enum Target {
            case socket(ZMQSocket, batch: Int, handler: ([ZMQMessage]) -> Void)
            case descriptor(Int32, handler: (DescriptorEvents) -> Void)
        }

        let target: Target
        var wantsWriting = false
        var wantsReading = true
        var isActive = true

        init(_ target: Target) { self.target = target }
    }

    private let wakeup: Int32
    private var watches: [Watch] = []
    /// `items[0]` is the eventfd, `items[i + 1]` belongs to `polled[i]`.
    private var items: [zmq_pollitem_t] = []
    private var polled: [Watch] = []
    private var isStale = true

    init(wakeup: Int32) { self.wakeup = wakeup }

    func add(_ target: Watch.Target) -> Watch {
        let watch = Watch(target)
        watches.append(watch)
        isStale = true
        return watch
    }

    func remove(where isMatch: (Watch.Target) -> Bool) {
        for watch in watches where isMatch(watch.target) { watch.isActive = false }
        watches.removeAll { !$0.isActive }
        isStale = true
    }

    func removeAll() { remove { _ in true } }

    func setWriting(_ wants: Bool, descriptor: Int32) {
        for watch in watches {
            guard case .descriptor(descriptor, _) = watch.target, watch.wantsWriting != wants else { continue }
            watch.wantsWriting = wants
            isStale = true
        }
    }

    func setReading(_ wants: Bool, socket: ZMQSocket) {
        for watch in watches {
            guard case .socket(let watched, _, _) = watch.target, watched === socket, watch.wantsReading != wants else {
                continue
            }
            watch.wantsReading = wants
            isStale = true
        }
    }

    /// Sleeps until something is readable, the eventfd is written, or the time has passed.
    ///
    /// A negative time is for ever.
    func poll(milliseconds: Int) {
        if isStale || polled.contains(where: \.isClosed) { rebuild() }
        if zmq_poll(&items, Int32(items.count), milliseconds) < 0 {
            // A signal: nothing is ready. Any other error of libzmq is about a socket that was closed meanwhile.
            for index in items.indices { items[index].revents = 0 }
        }
        if items[0].revents != 0 { cplatform_eventfd_drain(wakeup) }
    }

    /// Calls the handlers of what the last poll found ready.
    func deliver() {
        for (index, watch) in polled.enumerated() {
            let found = items[index + 1].revents
            guard found != 0, watch.isActive else { continue }
            switch watch.target {
            case .descriptor(_, let handler): handler(DescriptorEvents(poll: found))
            case .socket(let socket, let batch, let handler):
                guard socket.isOpen else { continue }
                var messages: [ZMQMessage] = []
                messages.reserveCapacity(16)
                // It fails only when the context is being terminated, and then no more messages arrive.
                do { try socket.receive(upTo: batch, into: &messages) } catch { watch.isActive = false }
                if !messages.isEmpty { handler(messages) }
            }
        }
    }

    private func rebuild() {
        isStale = false
        watches.removeAll { !$0.isActive || $0.isClosed }
        polled = watches
        items = [zmq_pollitem_t(socket: nil, fd: wakeup, events: Int16(ZMQ_POLLIN), revents: 0)]
        for watch in polled {
            switch watch.target {
            case .socket(let socket, _, _):
                let events = watch.wantsReading ? Int16(ZMQ_POLLIN) : 0
                items.append(zmq_pollitem_t(socket: socket.handle, fd: 0, events: events, revents: 0))
            case .descriptor(let descriptor, _):
                let events = ZMQ_POLLIN | (watch.wantsWriting ? ZMQ_POLLOUT : 0)
                items.append(zmq_pollitem_t(socket: nil, fd: descriptor, events: Int16(events), revents: 0))
            }
        }
    }
}

extension LoopWatches.Watch {
    /// Its socket was closed and not removed from the loop.
    var isClosed: Bool {
        guard case .socket(let socket, _, _) = target else { return false }
        return !socket.isOpen
    }
}

/// What a watched file descriptor is ready for.
package struct DescriptorEvents: OptionSet, Hashable, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let readable = DescriptorEvents(rawValue: 1)
    package static let writable = DescriptorEvents(rawValue: 2)
    /// The other end is closed, or the descriptor is broken.
    ///
    /// Read until end of file.
    package static let closed = DescriptorEvents(rawValue: 4)

    init(poll found: Int16) {
        self = []
        if Int32(found) & ZMQ_POLLIN != 0 { insert(.readable) }
        if Int32(found) & ZMQ_POLLOUT != 0 { insert(.writable) }
        if Int32(found) & ZMQ_POLLERR != 0 { insert(.closed) }
    }
}
