import FlyingSocks
import Foundation
import RouteGridBase

/// Answers GET requests on one address.
///
/// Bounds: connections, bytes of a request's head, requests of a connection, and the time for each step.
struct HTTPListener: Sendable {
    static let mostConnections = 512
    private static let mostRequests = 10_000
    /// To send a head; between two requests; to take what is written.
    private static let headTime = Duration.seconds(10)
    private static let idleTime = Duration.seconds(60)
    private static let writeTime = Duration.seconds(20)

    let port: UInt16
    private let socket: Socket
    private let table: ConnectionTable
    private let policy: String
    private let answer: @Sendable (RequestHead) -> Reply

    /// Binds.
    ///
    /// - Parameters:
    ///   - host: An IPv4 or IPv6 address; no name, so that nothing else is listened on than what is read here.
    ///   - port: 0 takes any free one.
    ///   - policy: The `Content-Security-Policy` of all answers.
    ///   - answer: Answers a request that may be answered.
    /// - Throws: `usage` for what is no address, `temporary` for a port in use, `system`.
    init(
        host: String,
        port: UInt16,
        policy: String,
        answer: @escaping @Sendable (RequestHead) -> Reply
    ) throws(RouteGridError) {
        do {
            if host.contains(":") {
                socket = try Socket(domain: AF_INET6)
                try socket.setValue(true, for: .localAddressReuse)
                try socket.bind(to: sockaddr_in6.inet6(ip6: host, port: port))
            } else {
                socket = try Socket(domain: AF_INET)
                try socket.setValue(true, for: .localAddressReuse)
                try socket.bind(to: sockaddr_in.inet(ip4: host, port: port))
            }
            try socket.listen(maxPendingConnection: 128)
            switch try socket.sockname() {
            case .ip4(_, let bound), .ip6(_, let bound): self.port = bound
            default: self.port = port
            }
        } catch {
            let number = errno
            guard number == EADDRINUSE else {
                throw RouteGridError(
                    .usage,
                    "--http \(host):\(port): cannot be listened on: \(error.localizedDescription)"
                )
            }
            throw RouteGridError(.temporary, "--http \(host):\(port): the port is in use; port 0 takes any free one")
        }
        table = ConnectionTable(limit: Self.mostConnections)
        (self.policy, self.answer) = (policy, answer)
    }

    /// Serves until the task is cancelled.
    func run() async throws {
        let pool: some AsyncSocketPool = .ePoll(maxEvents: 64)
        try await pool.prepare()
        let listener = try AsyncSocket(socket: socket, pool: pool)
        defer { try? listener.close() }
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await pool.run() }
            group.addTask {
                while true {
                    try await Task.sleep(for: .milliseconds(500))
                    table.shutExpired()
                }
            }
            while !Task.isCancelled {
                let client: AsyncSocket
                do { client = try await listener.accept() } catch is CancellationError { break } catch {
                    // No descriptor is left for now: those that wait are answered when some connection ends.
                    try await Task.sleep(for: .milliseconds(100))
                    continue
                }
                guard table.enter(client.socket, until: .now + Self.headTime) else {
                    let full = Reply(503, text: "too many connections")
                    _ = try? client.socket.write(
                        full.head(keepsAlive: false, policy: policy) + Data("too many connections\n".utf8)
                    )
                    try? client.close()
                    continue
                }
                group.addTask {
                    await serve(client)
                    table.close(client)
                }
            }
            group.cancelAll()
        }
    }

    private func serve(_ client: AsyncSocket) async {
        var unread: ArraySlice<UInt8> = []
        for number in 0..<Self.mostRequests {
            table.extend(client.socket, until: .now + (number == 0 ? Self.headTime : Self.idleTime))
            var end = RequestHead.end(in: unread)
            while end == nil {
                guard unread.count <= RequestHead.longest else { return await refuse(431, client) }
                guard let more = try? await client.read(atMost: 4_096), !more.isEmpty else { return }
                if unread.isEmpty { table.extend(client.socket, until: .now + Self.headTime) }
                unread += more
                end = RequestHead.end(in: unread)
            }
            guard let end else { return }
            let head: RequestHead
            do throws(RequestHead.Problem) { head = try RequestHead(unread.prefix(end)) } catch {
                return await refuse(error == .tooLarge ? 431 : 400, client)
            }
            unread = unread.dropFirst(end)
            let reply = answer(head)
            let isLast = !head.keepsAlive || number == Self.mostRequests - 1
            do {
                switch reply.body {
                case .whole(let data):
                    let start = reply.head(keepsAlive: !isLast, policy: policy)
                    try await write(head.method == "HEAD" ? start : start + data, to: client)
                case .events(let subscription):
                    defer { subscription.end() }
                    try await write(reply.head(keepsAlive: false, policy: policy), to: client)
                    guard head.method != "HEAD" else { return }
                    for await frame in subscription.frames { try await write(frame, to: client) }
                    return
                }
            } catch { return }
            if isLast { return }
        }
    }

    private func refuse(_ status: Int, _ client: AsyncSocket) async {
        let text = status == 431 ? "the request is too large" : "the request is not understood"
        let reply = Reply(status, text: text)
        guard case .whole(let data) = reply.body else { return }
        try? await write(reply.head(keepsAlive: false, policy: policy) + data, to: client)
    }

    private func write(_ data: Data, to client: AsyncSocket) async throws {
        table.extend(client.socket, until: .now + Self.writeTime)
        try await client.write(data)
        // The next frame may take its time.
        table.extend(client.socket, until: .now + .seconds(3_600))
    }
}
