import Foundation
package import RouteGridBase

/// A socket address that is checked before libzmq gets it, because libzmq's own errors for a bad one are few.
package struct ZMQAddress: Hashable, Sendable, CustomStringConvertible {
    package enum Transport: Hashable, Sendable {
        case tcp(host: String, port: String)
        case ipc(path: String)
        case inproc(name: String)
    }

    package let text: String
    package let transport: Transport

    /// Bytes that a path of `ipc://` may have: the kernel's 108 without the closing zero.
    package static let longestPath = 107

    /// - Parameter text: `tcp://HOST:PORT` (`*` or `0` for a free port when binding), `ipc://PATH` or `inproc://NAME`.
    /// - Throws: `usage` when it is none of these or the path is too long.
    package init(_ text: String) throws(RouteGridError) {
        func refuse(_ why: String) -> RouteGridError { RouteGridError(.usage, "address \"\(text)\": \(why)") }
        guard let separator = text.range(of: "://") else {
            throw refuse("the scheme is missing: expected tcp://HOST:PORT or ipc://PATH")
        }
        let scheme = text[..<separator.lowerBound]
        let rest = String(text[separator.upperBound...])
        switch scheme {
        case "tcp":
            guard let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") else {
                throw refuse("the port is missing: tcp://HOST:PORT")
            }
            let (host, port) = (String(rest[..<colon]), String(rest[rest.index(after: colon)...]))
            guard !host.isEmpty else { throw refuse("the host is missing: tcp://HOST:PORT") }
            guard !host.contains(":") || host.hasPrefix("[") && host.hasSuffix("]") else {
                throw refuse("an IPv6 address stands in brackets: tcp://[::1]:PORT")
            }
            guard port == "*" || UInt16(port) != nil else { throw refuse("the port must be a number of 0…65535") }
            transport = .tcp(host: host, port: port)
        case "ipc":
            guard !rest.isEmpty else { throw refuse("the path is missing: ipc://PATH") }
            guard rest.utf8.count <= ZMQAddress.longestPath else {
                throw refuse(
                    "the path has \(rest.utf8.count) bytes and a socket's may have \(ZMQAddress.longestPath); "
                        + "use a shorter folder, such as one under $XDG_RUNTIME_DIR"
                )
            }
            transport = .ipc(path: rest)
        case "inproc":
            guard !rest.isEmpty else { throw refuse("the name is missing: inproc://NAME") }
            transport = .inproc(name: rest)
        default: throw refuse("\"\(scheme)\" is no transport here; expected tcp:// or ipc://")
        }
        guard !text.unicodeScalars.contains("\0") else { throw refuse("expected no zero byte") }
        self.text = text
    }

    /// Whether it is reachable from this machine only.
    package var isLocal: Bool {
        guard case .tcp(let host, _) = transport else { return true }
        return host == "localhost" || Self.isLoopback(host)
    }

    /// How processes of this machine reach what listens here; nil when only by a network.
    package var onThisMachine: ZMQAddress? {
        if isLocal { return self }
        guard case .tcp(let host, let port) = transport else { return nil }
        switch host {
        case "0.0.0.0", "*": return try? ZMQAddress("tcp://127.0.0.1:\(port)")
        case "[::]": return try? ZMQAddress("tcp://[::1]:\(port)")
        default: return nil
        }
    }

    /// Whether it names a host by IPv6, which libzmq disables by default.
    var isVersion6: Bool {
        guard case .tcp(let host, _) = transport else { return false }
        return host.hasPrefix("[")
    }

    /// Whether it names a host by a name, which is looked up.
    var isName: Bool {
        guard case .tcp(let host, _) = transport, !isVersion6 else { return false }
        var found = in_addr()
        return inet_pton(AF_INET, host, &found) != 1 && host != "*"
    }

    /// Whether its host's name has addresses of IP version 6 alone; looks it up, which may take seconds.
    package var hasOnlyVersion6: Bool {
        guard isName, case .tcp(let host, _) = transport else { return false }
        func has(_ family: Int32) -> Bool {
            var wanted = addrinfo()
            (wanted.ai_family, wanted.ai_socktype) = (family, Int32(SOCK_STREAM.rawValue))
            var found: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(host, nil, &wanted, &found) == 0 else { return false }
            freeaddrinfo(found)
            return true
        }
        return !has(AF_INET) && has(AF_INET6)
    }

    /// The addresses of a list with commas between them; a comma inside an address is not followed by a scheme.
    package static func list(_ texts: [String]) -> [String] {
        var all: [String] = []
        for part in texts.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }).map(String.init) {
            if part.contains("://") || all.isEmpty { all.append(part) } else { all[all.count - 1] += "," + part }
        }
        return all
    }

    /// Whether a numeric host is in 127.0.0.0/8 or ::1, in any spelling.
    private static func isLoopback(_ host: String) -> Bool {
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, host, &four) == 1 { return four.s_addr.bigEndian >> 24 == 127 }
        guard host.hasPrefix("["), inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &six) == 1 else {
            return false
        }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        return bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    package var description: String { text }

    /// The form that libzmq can bind: it accepts numeric hosts only.
    var bindable: String {
        guard case .tcp("localhost", let port) = transport else { return text }
        return "tcp://127.0.0.1:\(port)"
    }
}
