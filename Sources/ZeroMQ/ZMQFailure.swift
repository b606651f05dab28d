import CZeroMQ
import Glibc
import RouteGridBase

/// Reads libzmq's error number at once, before anything else can change it, and describes it.
enum ZMQFailure {
    static var number: Int32 { zmq_errno() }

    static func text(_ number: Int32) -> String {
        guard let text = zmq_strerror(number) else { return "error \(number)" }
        return String(cString: text)
    }

    /// An error of the machine or of libzmq that is best described by its own message.
    static func system(_ doing: String, _ number: Int32) -> RouteGridError {
        RouteGridError(.system, "\(doing): \(text(number)) (errno \(number))")
    }
}

/// The outcome of `ZMQSocket/send(_:)`.
package enum SendOutcome: Hashable, Sendable {
    /// libzmq has accepted it. The peer may not have received it.
    case sent
    /// The high-water mark is reached or no peer is connected: queue it, or fail the job; never spin.
    case full
    /// The ROUTER has no peer with this routing id: it has disconnected.
    case unroutable
}
