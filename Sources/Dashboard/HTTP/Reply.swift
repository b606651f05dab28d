import Foundation

/// What is answered to a request.
struct Reply: Sendable {
    enum Body: Sendable {
        case whole(Data)
        /// Frames as they come, until the client leaves.
        case events(EventSubscription)
    }

    var status: Int
    var type: String
    var body: Body
    /// Further headers; values are this program's own.
    var headers: [(String, String)] = []

    init(_ status: Int, _ type: String, _ body: Body) { (self.status, self.type, self.body) = (status, type, body) }

    init(_ status: Int, text: String) {
        self.init(status, "text/plain; charset=utf-8", .whole(Data((text + "\n").utf8)))
    }

    static func json(_ data: Data) -> Reply { Reply(200, "application/json", .whole(data)) }

    /// The status line and headers; what every answer has keeps pages of others from reading or framing it.
    func head(keepsAlive: Bool, policy: String) -> Data {
        var lines = [
            "HTTP/1.1 \(status) \(Self.words[status] ?? "Status")", "content-type: \(type)", "cache-control: no-store",
            "x-content-type-options: nosniff", "x-frame-options: DENY", "referrer-policy: no-referrer",
            "cross-origin-resource-policy: same-origin", "cross-origin-opener-policy: same-origin",
            "content-security-policy: \(policy)",
        ]
        lines += headers.map { "\($0.0): \($0.1)" }
        if case .whole(let data) = body { lines.append("content-length: \(data.count)") }
        lines.append("connection: \(keepsAlive ? "keep-alive" : "close")")
        return Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private static let words = [
        200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 421: "Misdirected Request", 431: "Request Header Fields Too Large",
        503: "Service Unavailable",
    ]
}
