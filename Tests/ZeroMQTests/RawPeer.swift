import Glibc
import RouteGridBase

/// A TCP connection on which ZMTP is written by hand, to send what libzmq never would.
struct RawPeer: ~Copyable {
    private let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw RouteGridError(.system, "no connection to port \(port)") }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw RouteGridError(.system, "sent less than \(bytes.count) bytes")
        }
    }

    /// The ZMTP 3.0 greeting (NULL mechanism) and a READY command as a DEALER; waits for the other side's.
    func greet() throws {
        let signature: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F]
        try send(signature + [3, 0] + Array("NULL".utf8) + Array(repeating: 0, count: 16 + 1 + 31))
        let type = [11] + Array("Socket-Type".utf8) + [0, 0, 0, 6] + Array("DEALER".utf8)
        let body = [5] + Array("READY".utf8) + type
        try send([0x04, UInt8(body.count)] + body)
        var got = 0
        while got < 64 { got += try receive() }
    }

    /// Reads until the other side ends the connection.
    func waitsForEnd() throws -> Bool {
        while try receive() > 0 {}
        return true
    }

    private func receive() throws -> Int {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0 && errno == ECONNRESET { return 0 }
        guard count >= 0 else { throw RouteGridError(.system, "nothing came: errno \(errno)") }
        return count
    }
}
