import Foundation
import RouteGridBase
import Scheduling
import Testing
import Wire

@testable import Dashboard

/// A dashboard whose coordinator does not answer, on a real port.
@Suite(.timeLimit(.minutes(2))) struct HTTPListenerTests {
    private func serving(
        token: String? = nil,
        _ body: @Sendable (UInt16) async throws -> Void
    ) async throws {
        var configuration = Dashboard.Configuration(host: "127.0.0.1", port: 0)
        configuration.token = token
        let dashboard = try Dashboard(configuration) { throw RouteGridError(.unreachable, "nobody <b>there</b>") }
        let port = try #require(URL(string: dashboard.url)?.port.flatMap { UInt16(exactly: $0) })
        let task = Task { try await dashboard.run() }
        defer { task.cancel() }
        try await body(port)
    }

    private func get(_ path: String, _ more: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(more)Connection: close\r\n\r\n"
    }

    @Test func `every path of the description is answered, and nothing else`() async throws {
        try await serving { port async throws in
            let paths = try #require(JSONValue(parsing: OpenAPI.document, place: "openapi")["paths"]?.objectValue)
            for path in paths.keys.sorted() where path != "/api/events" {
                let reply = try await RawClient.exchange(port, get(path))
                #expect(
                    reply.hasPrefix(path == "/readyz" ? "HTTP/1.1 503" : "HTTP/1.1 200"),
                    "\(path) \(reply.prefix(60))"
                )
                #expect(reply.contains("\r\nx-content-type-options: nosniff\r\n"))
                #expect(reply.contains("\r\ncontent-security-policy: default-src 'none';"))
                #expect(!reply.lowercased().contains("set-cookie") && !reply.contains("access-control-allow"))
            }
            #expect(try await RawClient.exchange(port, get("/")).contains("content-type: text/html"))
            for path in ["/etc/passwd", "/../x", "/api", "/api/status/", "/%2e"] {
                #expect(try await RawClient.exchange(port, get(path)).hasPrefix("HTTP/1.1 404"), "\(path)")
            }
        }
    }

    @Test func `malformed, endless and foreign requests end their connection alone`() async throws {
        try await serving { port async throws in
            let foreign = "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
            let endless = "GET / HTTP/1.1\r\n" + String(repeating: "x: y\r\n", count: 20_000)
            for (text, status) in [("\u{16}\u{3}\u{1}\r\n\r\n", "400"), (endless, "431"), (foreign, "421")] {
                let reply = try await RawClient.exchange(port, text)
                #expect(reply.hasPrefix("HTTP/1.1 \(status)"), "\(reply.prefix(80))")
            }
            // Two requests in one packet are two answers.
            let two = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/healthz")
            #expect(try await RawClient.exchange(port, two).components(separatedBy: "HTTP/1.1 200").count == 3)
        }
    }

    @Test func `connections have a limit, and leave room when they end`() async throws {
        try await serving { port async throws in
            var held: [RawClient] = []
            for number in 1...HTTPListener.mostConnections + 4 {
                held.append(try RawClient(port))
                // Those before are accepted, whatever waits in the socket's queue.
                if number % 64 == 0 { try await Task.sleep(for: .milliseconds(20)) }
            }
            var refused = 0
            for client in held.suffix(2) where await client.read().hasPrefix("HTTP/1.1 503") { refused += 1 }
            #expect(refused > 0)
            held = []
            var answer = ""
            for _ in 0..<200 where !answer.hasPrefix("HTTP/1.1 200") {
                answer = try await RawClient.exchange(port, get("/healthz"))
                if !answer.hasPrefix("HTTP/1.1 200") { try await Task.sleep(for: .milliseconds(50)) }
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"), "\(answer)")
        }
    }

    @Test func `with a token nothing is read without it`() async throws {
        try await serving(token: "0123456789abcdef") { port async throws in
            #expect(try await RawClient.exchange(port, get("/api/status")).hasPrefix("HTTP/1.1 401"))
            let bearer = "Authorization: Bearer 0123456789abcdef\r\n"
            #expect(try await RawClient.exchange(port, get("/api/status", bearer)).hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `beyond loopback it does not start without a token`() {
        let open = Dashboard.Configuration(host: "0.0.0.0", port: 0)
        let error = #expect(throws: RouteGridError.self) {
            try Dashboard(open) { throw RouteGridError(.unreachable, "") }
        }
        #expect(error?.code == .refused)
    }
}

/// A client that sends what it likes.
final class RawClient: Sendable {
    private let file: Int32

    init(_ port: UInt16) throws {
        file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
    }

    deinit { close(file) }

    func send(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Foundation.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// Everything up to the end of the connection, or for half a minute; waits on a thread of its own, since the
    /// server's tasks need those that tests run on.
    func read() async -> String {
        await withCheckedContinuation { continuation in
            Thread { [file] in
                var all: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while true {
                    let count = recv(file, &buffer, buffer.count, 0)
                    guard count > 0 else { break }
                    all += buffer.prefix(count)
                }
                continuation.resume(returning: String(decoding: all, as: UTF8.self))
            }.start()
        }
    }

    static func exchange(_ port: UInt16, _ text: String) async throws -> String {
        let client = try RawClient(port)
        client.send(text)
        return await client.read()
    }
}
