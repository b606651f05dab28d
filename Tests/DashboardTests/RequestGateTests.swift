import Testing

@testable import Dashboard

@Suite struct RequestGateTests {
    private func status(_ gate: RequestGate, _ headers: String, path: String = "/api/status", method: String = "GET")
        throws -> Int?
    {
        let text = "\(method) \(path) HTTP/1.1\r\n\(headers)\r\n"
        return gate.refusal(of: try RequestHead(Array(text.utf8)))?.status
    }

    private let open = RequestGate(host: "127.0.0.1", port: 8080)

    @Test(arguments: ["127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080"])
    func `loopback is served under its own names`(_ host: String) throws {
        #expect(try status(open, "Host: \(host)\r\n") == nil)
    }

    @Test(arguments: ["evil.example", "evil.example:8080", "127.0.0.1:81", "localhost.evil.example", ""])
    func `a name that was made to point here is not served`(_ host: String) throws {
        #expect(try status(open, "Host: \(host)\r\n") == 421)
        #expect(try status(open, "") == 421)
    }

    @Test func `pages of other origins are refused, its own is not`() throws {
        let host = "Host: localhost:8080\r\n"
        #expect(try status(open, host + "Origin: http://localhost:8080\r\n") == nil)
        for origin in ["http://evil.example", "null", "http://localhost:9", "ftp://localhost:8080"] {
            #expect(try status(open, host + "Origin: \(origin)\r\n") == 403, "\(origin)")
        }
        #expect(try status(open, host + "Sec-Fetch-Site: cross-site\r\n") == 403)
        #expect(try status(open, host + "Sec-Fetch-Site: cross-site\r\n", path: "/") == nil)
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE"])
    func `only reading is answered`(_ method: String) throws {
        #expect(try status(open, "Host: localhost\r\n", method: method) == 405)
        #expect(try status(open, "Host: localhost\r\n", method: "HEAD") == nil)
    }

    @Test func `beyond loopback every datum needs the token`() throws {
        let gate = RequestGate(host: "0.0.0.0", port: 80, names: ["head.example"], token: "0123456789abcdef")
        let host = "Host: head.example\r\n"
        for path in ["/api/status", "/api/events", "/metrics", "/openapi.json", "/readyz", "/nowhere"] {
            #expect(try status(gate, host, path: path) == 401, "\(path)")
            #expect(try status(gate, host + "Authorization: Bearer 0123456789abcdef\r\n", path: path) == nil)
        }
        for wrong in [
            "Bearer 0123456789abcde", "Bearer 0123456789abcdefg", "Basic 0123456789abcdef", "Bearer", "Bearer ",
        ] {
            #expect(try status(gate, host + "Authorization: \(wrong)\r\n") == 401, "\(wrong)")
        }
        // The page has no data, and asks for the token.
        #expect(try status(gate, host, path: "/") == nil)
        #expect(try status(gate, host, path: "/healthz") == nil)
    }
}
