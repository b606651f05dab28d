import Foundation
import RouteGridBase

/// A peer that writes ZMTP 3.0 (rfc.zeromq.org/spec/23) by hand to a Unix socket, to send what libzmq would not.
final class RawPeer {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { place in place.copyBytes(from: bytes.prefix(place.count - 1)) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw RouteGridError(.system, "\(path): \(String(cString: strerror(errno)))") }
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        let sent = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        // The other side may have closed already: that is what is tested.
        guard sent == bytes.count || errno == EPIPE || errno == ECONNRESET else {
            throw RouteGridError(.system, "send: \(String(cString: strerror(errno)))")
        }
    }

    /// Whether the other side ends the connection.
    func isClosedByOther(within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        var buffer = [UInt8](repeating: 0, count: 4096)
        while ContinuousClock.now < deadline {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return true }
        }
        return false
    }

    /// Signature, version 3.0, mechanism NULL, no server.
    static let greeting: [UInt8] =
        [0xFF] + [UInt8](repeating: 0, count: 8) + [0x7F, 3, 0] + Array("NULL".utf8) + [UInt8](repeating: 0, count: 48)

    /// The READY command of a DEALER.
    static let ready: [UInt8] = {
        let body = [5] + Array("READY".utf8) + [11] + Array("Socket-Type".utf8) + [0, 0, 0, 6] + Array("DEALER".utf8)
        return [4, UInt8(body.count)] + body
    }()

    /// The header of a message frame with an eight-byte size.
    static func longFrameHeader(_ size: UInt64) -> [UInt8] {
        [2] + (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) }
    }
}
