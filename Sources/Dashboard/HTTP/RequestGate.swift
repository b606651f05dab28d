import Foundation
import RouteGridBase

/// Who may read what the dashboard serves.
///
/// On loopback the browser is the way in for others: a page of theirs may resolve its own name to 127.0.0.1 and read
/// what is there (DNS rebinding). So the host that a request names must be the one that is served, and a request that
/// names an origin must come from the page itself. Beyond loopback a token is required besides.
package struct RequestGate: Sendable {
    /// Hosts that are served, with and without their port; empty takes every host.
    private let hosts: Set<String>
    private let token: [UInt8]?

    /// - Parameters:
    ///   - host: The address that is listened on.
    ///   - port: The real port.
    ///   - names: Further names under which people reach it, such as that of a proxy.
    ///   - token: What `Authorization: Bearer` must have; nil requires none.
    package init(host: String, port: UInt16, names: [String] = [], token: String? = nil) {
        let loopback = ["127.0.0.1", "localhost", "[::1]"]
        let shown = host.contains(":") ? "[\(host)]" : host
        var all = Set((loopback + [shown] + names).map { $0.lowercased() })
        for name in all { all.insert("\(name):\(port)") }
        hosts = all
        self.token = token.map { Array($0.utf8) }
    }

    /// The answer to a request that must not be served; nil when it may.
    func refusal(of head: RequestHead) -> Reply? {
        guard head.method == "GET" || head.method == "HEAD" else {
            var reply = Reply(405, text: "only GET is answered")
            reply.headers = [("allow", "GET, HEAD")]
            return reply
        }
        guard let host = head.header("host"), hosts.contains(host.lowercased()) else {
            return Reply(421, text: "this host is not served here; --host NAME adds one")
        }
        if head.has("origin") {
            guard let origin = head.header("origin"), isOwn(origin) else {
                return Reply(403, text: "pages of other origins are not answered")
            }
        }
        // Browsers say where a request comes from; links from elsewhere to the page itself are fine.
        if let site = head.header("sec-fetch-site"), site == "cross-site", head.path != "/" {
            return Reply(403, text: "pages of other sites are not answered")
        }
        // The page is a constant that asks for the token; whether the process lives is no secret.
        guard let token, !["/", "/healthz"].contains(head.path) else { return nil }
        guard Self.isEqual(Array((bearer(head) ?? "").utf8), token) else {
            var reply = Reply(401, text: "a token is required: Authorization: Bearer TOKEN")
            reply.headers = [("www-authenticate", "Bearer realm=\"routegrid\"")]
            return reply
        }
        return nil
    }

    private func isOwn(_ origin: String) -> Bool {
        let lower = origin.lowercased()
        return ["http://", "https://"].contains { scheme in
            lower.hasPrefix(scheme) && hosts.contains(String(lower.dropFirst(scheme.count)))
        }
    }

    private func bearer(_ head: RequestHead) -> String? {
        guard let value = head.header("authorization") else { return nil }
        let words = value.split(separator: " ", maxSplits: 1)
        return words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : nil
    }

    /// Takes as long for a wrong token as for the right one.
    private static func isEqual(_ given: [UInt8], _ token: [UInt8]) -> Bool {
        var difference = given.count ^ token.count
        for (place, byte) in token.enumerated() {
            difference |= Int(byte ^ (place < given.count ? given[place] : ~byte))
        }
        return difference == 0
    }
}
