import CZeroMQ
import RouteGridBase
import Testing
import ZeroMQ

@Suite struct CurveKeyTests {
    @Test func `the text form is that of RFC 32`() {
        let bytes: [UInt8] = [0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B]
        #expect(bytes.withUnsafeBytes { Z85.encode($0) } == Array("HelloWorld".utf8))
        var back = [UInt8](repeating: 0, count: 8)
        #expect(back.withUnsafeMutableBytes { Z85.decode(Array("HelloWorld".utf8), into: $0) })
        #expect(back == bytes)
    }

    @Test(arguments: [
        "", "HelloWorl", "HelloWorld!", "Hello World", "Hello\"orld", "HelloWor\u{E9}", "#####Hello", "%nSc1Hello",
    ])
    func `what is no Z85 is refused`(text: String) {
        var bytes = [UInt8](repeating: 0, count: 8)
        #expect(!bytes.withUnsafeMutableBytes { Z85.decode(Array(text.utf8), into: $0) })
    }

    @Test func `keys have the form of libzmq's and know their public half`() throws {
        for _ in 0..<50 {
            let key = try CurveSecretKey.generate()
            let text = key.withZ85 { String(decoding: $0, as: UTF8.self) }
            var (decoded, open) = ([UInt8](repeating: 0, count: 32), [CChar](repeating: 0, count: 41))
            #expect(zmq_z85_decode(&decoded, text) != nil)
            #expect(key.withBytes { Array($0) } == decoded)
            #expect(zmq_curve_public(&open, text) == 0)
            #expect(key.publicKey.z85 == String(decoding: open.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
            #expect(CurvePublicKey(z85: key.publicKey.z85) == key.publicKey)
            #expect(CurveSecretKey(z85: Array(text.utf8))?.publicKey == key.publicKey)
        }
    }

    @Test func `a secret key prints nothing of itself`() throws {
        let key = try CurveSecretKey.generate()
        let text = key.withZ85 { String(decoding: $0, as: UTF8.self) }
        var dumped = ""
        dump(key, to: &dumped)
        let security = SocketSecurity.client(key, server: key.publicKey)
        for shown in ["\(key)", String(reflecting: key), String(describing: [key]), dumped, "\(security)"] {
            #expect(!shown.contains(text) && shown.contains(key.publicKey.z85), "\(shown)")
        }
    }

    @Test func `keys of other lengths are none`() {
        #expect(CurvePublicKey(bytes: [1, 2, 3]) == nil && CurveSecretKey(bytes: [1, 2, 3]) == nil)
        #expect(CurvePublicKey(z85: "HelloWorld") == nil && CurveSecretKey(z85: Array("HelloWorld".utf8)) == nil)
    }

    @Test func `a CURVE server that connects is a bug of its owner`() async {
        await #expect(processExitsWith: .failure) {
            var options = SocketOptions()
            options.security = .server(try .generate(), domain: "d")
            try ZMQContext().socket(.dealer, options: options).connect("tcp://127.0.0.1:1")
        }
    }

    @Test func `no more refusals are told than the limit, and the next says how many were not`() throws {
        let context = try ZMQContext()
        let told = LockedBox<[RefusedPeer]>([])
        let handler = try ZAPHandler(context: context, domain: "d", refusalsPerSecond: 3) { refused in
            told.withLock { $0.append(refused) }
        }
        let asking = try context.socket(.dealer)
        try asking.connect("inproc://zeromq.zap.01")
        let start = ContinuousClock.now
        var asked = 0
        while told.withLock({ $0.count }) < 5, asked < 100_000 {
            let frames = ["", "1.0", "7", "d", "a", "", "NULL"].map { Array($0.utf8) }
            #expect(try asking.send(frames) == .sent)
            asked += 1
            #expect(try nextMessage(of: asking)?.frames[3] == Array("400".utf8))
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let refusals = told.withLock { $0 }
        #expect(Double(refusals.count) <= 3 * (seconds + 1))
        #expect(
            refusals.count == 5 && refusals.prefix(3).allSatisfy { $0.unreported == 0 } && refusals[3].unreported > 0
        )
        handler.stop()
    }
}
