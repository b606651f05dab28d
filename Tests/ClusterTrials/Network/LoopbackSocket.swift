import Foundation
package import RouteGridBase

/// TCP sockets on 127.0.0.1 that never block.
package enum LoopbackSocket {
    static func listen(at port: UInt16 = 0) throws(RouteGridError) -> Int32 {
        let descriptor = make()
        var address = address(port: port)
        let bound = withAddress(&address) { bind(descriptor, $0, $1) }
        guard descriptor >= 0, bound == 0, Foundation.listen(descriptor, 128) == 0 else {
            throw RouteGridError(.system, "no port on 127.0.0.1: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// Begins to connect; a failure shows at the first use.
    static func connect(to port: UInt16) -> Int32 {
        let descriptor = make()
        var address = address(port: port)
        _ = withAddress(&address) { Foundation.connect(descriptor, $0, $1) }
        return descriptor
    }

    static func port(of descriptor: Int32) -> UInt16 {
        var found = address(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withAddress(&found) { pointer, _ in getsockname(descriptor, pointer, &size) }
        return UInt16(bigEndian: found.sin_port)
    }

    /// A port that nobody uses now, and that the kernel gives to no connection: it can be listened at again and again.
    package static func steadyPort() throws(RouteGridError) -> UInt16 {
        for _ in 0..<100 {
            guard let descriptor = try? listen(at: UInt16.random(in: 20_000..<32_000)) else { continue }
            defer { close(descriptor) }
            return port(of: descriptor)
        }
        throw RouteGridError(.system, "no free port on 127.0.0.1 between 20000 and 32000")
    }

    /// Closes with a reset, as a cable that is pulled and a peer that comes back without memory.
    static func abort(_ descriptor: Int32) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close(descriptor)
    }

    private static func make() -> Int32 {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, flags, 0)
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func withAddress(
        _ address: inout sockaddr_in,
        _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
