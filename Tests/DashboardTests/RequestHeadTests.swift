import Testing

@testable import Dashboard

@Suite struct RequestHeadTests {
    private func head(_ text: String) throws(RequestHead.Problem) -> RequestHead { try RequestHead(Array(text.utf8)) }

    @Test func `a request is read up to its empty line`() throws {
        let text = "GET /api/status?a=1&b=%20x HTTP/1.1\r\nHost: localhost:1\r\nX-Y:  z \r\n\r\nGET /"
        let end = try #require(RequestHead.end(in: Array(text.utf8)[...]))
        #expect(end == text.utf8.count - 5)
        let read = try RequestHead(Array(text.utf8).prefix(end))
        #expect(read.method == "GET" && read.path == "/api/status" && read.query == ["a": "1", "b": " x"])
        #expect(read.header("host") == "localhost:1" && read.header("x-y") == "z" && read.keepsAlive)
        #expect(RequestHead.end(in: Array("GET / HTTP/1.1\r\n".utf8)[...]) == nil)
    }

    @Test(arguments: [
        "", "GET /\r\n\r\n", "GET / HTTP/2\r\n\r\n", "get / HTTP/1.1\r\n\r\n", "GET http://x/ HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nbad header: 1\r\n\r\n", "GET / HTTP/1.1\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nnone\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nX: a\u{0}b\r\n\r\n", "GET /a b HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nX : 1\r\n\r\n",
    ])
    func `what is no plain GET is refused`(_ text: String) {
        #expect(throws: RequestHead.Problem.malformed) { try head(text) }
    }

    @Test func `long requests and many headers are refused`() {
        let long = "GET /" + String(repeating: "a", count: RequestHead.longest) + " HTTP/1.1\r\n\r\n"
        #expect(throws: RequestHead.Problem.tooLarge) { try head(long) }
        let many = "GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: RequestHead.mostHeaders + 1) + "\r\n"
        #expect(throws: RequestHead.Problem.tooLarge) { try head(many) }
    }

    @Test func `a header that is there twice has no value`() throws {
        let twice = try head("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        #expect(twice.header("host") == nil && twice.has("host"))
    }
}
