import Foundation
import RouteGridBase
import Wire
import ZeroMQ

/// A connection that sends damaged messages, and now and then begins anew as another process.
final class HostilePeer {
    private let url: String
    private let options: SocketOptions
    private let context: ZMQContext
    private var socket: ZMQSocket
    private var boot: [UInt8] = []
    private var role = WireRole.worker
    private var sent = 0
    private var life = 0
    /// How many messages this connection sends before the next one.
    private var span = 1

    init(_ url: String, security: SocketSecurity, _ messages: inout HostileMessages) throws(RouteGridError) {
        self.url = url
        var options = SocketOptions()
        options.security = security
        options.linger = .zero
        self.options = options
        context = try ZMQContext()
        socket = try context.socket(.dealer, options: options)
        try begin(&messages)
    }

    private func begin(_ messages: inout HostileMessages) throws(RouteGridError) {
        if life > 0 {
            socket.close(discarding: true)
            socket = try context.socket(.dealer, options: options)
        }
        life += 1
        (sent, span) = (0, 1 + messages.below(3_000))
        boot = (0..<16).map { _ in UInt8(messages.below(256)) }
        role = [WireRole.worker, .worker, .client, .follower][messages.below(4)]
        try socket.connect(url)
        // Now and then without a greeting.
        if messages.below(10) != 0 { _ = try socket.send(messages.greeting(boot, role)) }
    }

    /// Sends some messages; returns how many.
    func send(_ count: Int, _ messages: inout HostileMessages) throws(RouteGridError) -> Int {
        if sent >= span { try begin(&messages) }
        var done = 0
        while done < count {
            guard try socket.send(messages.next(boot, role)) == .sent else {
                // Its queue is full: some peers read, others are gone.
                if messages.below(20) == 0 { try begin(&messages) }
                usleep(500)
                break
            }
            done += 1
        }
        sent += done
        // One in eight does not read for long.
        if messages.below(8) != 0 { try read(&messages) }
        return done
    }

    private func read(_ messages: inout HostileMessages) throws(RouteGridError) {
        var count = 0
        while count < 4_000, let message = try socket.receive() {
            count += 1
            guard let body = try? WireMessage(frames: message.frames[...]).body else { continue }
            switch body {
            case .lease(let lease):
                if messages.leases.count >= 64 { messages.leases.removeFirst() }
                messages.leases.append(lease)
            case .unknown: if messages.below(3) == 0 { _ = try socket.send(messages.greeting(boot, role)) }
            default: break
            }
        }
    }

    func close() { socket.close(discarding: true) }
}
