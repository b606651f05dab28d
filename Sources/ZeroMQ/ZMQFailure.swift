import CZeroMQ
import Glibc
import RouteGridBase

/// Reads libzmq's error number at once, before anything else can change it, and puts it into words.
enum ZMQFailure {
    static var number: Int32 { zmq_errno() }

    static func text(_ number: Int32) -> String {
        guard let text = zmq_strerror(number) else { return "error \(number)" }
        return String(cString: text)
    }

    /// An error of the machine or of libzmq that has no better words than its own.
    static func system(_ doing: String, _ number: Int32) -> RouteGridError {
        RouteGridError(.system, "\(doing): \(text(number)) (errno \(number))")
    }
}

/// What became of a message given to ``ZMQSocket/send(_:)``.
package enum SendOutcome: Hashable, Sendable {
    /// libzmq has it. That does not say that the peer has it.
    case sent
    /// The high-water mark is reached or no peer is connected: queue it, or fail the job; never spin.
    case full
    /// A ROUTER knows no peer with this routing id: it went away.
    case unroutable
}
