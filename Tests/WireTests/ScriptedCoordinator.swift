import Foundation
import RouteGridBase
import Wire
import ZeroMQ

/// A coordinator that answers as a test says.
final class ScriptedCoordinator: Sendable {
    let url: String
    private let loop: ZMQEventLoop
    let log = LockedBox<[String]>([])

    /// `answer` gives the answers to one message; none is silence.
    init(
        bind: String = "tcp://127.0.0.1:*",
        answer: @escaping @Sendable (WireMessage) throws -> [WireMessage]
    ) throws {
        let loop = try ZMQEventLoop(name: "scripted")
        self.loop = loop
        let log = log
        let context = try ZMQContext()
        do {
            url = try loop.runSync {
                let router = try context.socket(.router)
                let url = try router.bind(bind)
                loop.onReadable(router) { messages in
                    for message in messages {
                        do {
                            let received = try WireMessage(frames: message.frames.dropFirst())
                            log.withLock { $0.append(received.name) }
                            for reply in try answer(received) {
                                _ = try router.send([message.frames[0]] + reply.frames())
                            }
                        } catch {
                            log.withLock { $0.append("error: \(error)") }
                        }
                    }
                }
                return url
            }
        } catch {
            loop.stop()
            throw error
        }
    }

    func stop() { loop.stop() }

    static func welcome() -> WireMessage {
        var welcome = WireWelcome()
        welcome.coordinator = Data(repeating: 1, count: 16)
        welcome.maxFrame = UInt64(WireProtocol.maximumFrame)
        welcome.heartbeatMs = 1000
        return WireMessage(.welcome(welcome))
    }
}

extension WireMessage {
    /// The name of the message's kind, such as `hello`.
    var name: String { Mirror(reflecting: body).children.first?.label ?? "?" }
}
