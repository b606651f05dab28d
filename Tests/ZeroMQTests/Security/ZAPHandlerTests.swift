import RouteGridBase
import Testing
import ZeroMQ

/// Questions that libzmq would not ask.
@Suite(.timeLimit(.minutes(1))) struct ZAPHandlerTests {
    let context: ZMQContext
    let key: CurveSecretKey
    let handler: ZAPHandler
    let asking: ZMQSocket

    init() throws {
        context = try ZMQContext()
        key = try .generate()
        handler = try ZAPHandler(context: context, domain: "d", allowed: AllowList([key.publicKey: "user"]))
        asking = try context.socket(.dealer)
        try asking.connect("inproc://zeromq.zap.01")
    }

    private func question(_ change: (inout [[UInt8]]) -> Void = { _ in }) -> [[UInt8]] {
        let texts = ["", "1.0", "7", "d", "10.0.0.1", "", "CURVE"]
        var frames = texts.map { Array($0.utf8) } + [key.publicKey.bytes]
        change(&frames)
        return frames
    }

    private func ask(_ frames: [[UInt8]]) throws -> [String]? {
        #expect(try asking.send(frames) == .sent)
        return try nextMessage(of: asking)?.frames.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a right question is answered with the User-Id`() throws {
        #expect(try ask(question()) == ["", "1.0", "7", "200", "OK", "user", ""])
    }

    @Test(arguments: [
        (1, "1.1", "500"), (1, "", "500"), (2, String(repeating: "x", count: 300), "500"), (3, "", "400"),
        (3, "other", "400"), (6, "NULL", "400"), (6, "PLAIN", "400"), (6, "curve", "400"), (6, "", "400"),
        (7, "", "400"), (7, "short", "400"), (7, String(repeating: "k", count: 32), "400"),
        (7, String(repeating: "k", count: 40), "400"),
    ])
    func `a question with something wrong is refused`(place: Int, value: String, status: String) throws {
        let answer = try ask(question { $0[place] = Array(value.utf8) })
        #expect(answer?[3] == status)
        #expect(answer?[5] == "")
        #expect(try ask(question())?[3] == "200")
    }

    @Test func `missing and surplus frames are refused`() throws {
        for count in 3...7 { #expect(try ask(Array(question().prefix(count)))?[3] != "200", "\(count) frames") }
        #expect(try ask(question { $0.append([]) })?[3] == "400")
        #expect(try ask(question { $0.append(key.publicKey.bytes) })?[3] == "400")
    }

    @Test func `what is no question is not answered and harms nobody`() throws {
        for frames in [[[]], [[1]], [[], []], [[1], [2], [3]], Array(repeating: [], count: 400)] as [[[UInt8]]] {
            #expect(try asking.send(frames) == .sent)
        }
        #expect(try ask(question())?[3] == "200")
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let frames = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            }
            _ = try asking.send([[]] + frames)
            while try asking.receive() != nil {}
        }
        while let answer = try nextMessage(of: asking, within: .milliseconds(200)) {
            #expect(answer.frames.count > 3 && answer.frames[3] != Array("200".utf8))
        }
        #expect(handler.counts.allowed == 1)
    }

    @Test func `a context has one handler`() throws {
        let error = #expect(throws: RouteGridError.self) { try ZAPHandler(context: context, domain: "d") }
        #expect(error?.code == .temporary)
        handler.stop()
        // At once, and again and again.
        for _ in 0..<200 { try ZAPHandler(context: context, domain: "d").stop() }
    }
}
