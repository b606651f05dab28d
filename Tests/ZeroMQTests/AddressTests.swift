import Foundation
import RouteGridBase
import Testing
import ZeroMQ

@Suite struct AddressTests {
    let context: ZMQContext
    init() throws { context = try ZMQContext() }

    @Test(arguments: [
        ("127.0.0.1:5555", "expected tcp://HOST:PORT or ipc://PATH"),
        ("tcp://127.0.0.1", "the port is missing"),
        ("tcp://:5555", "the host is missing"),
        ("tcp://127.0.0.1:70000", "the port must be a number of 0…65535"),
        ("http://127.0.0.1:80", "\"http\" is no transport here"),
        ("ipc://", "the path is missing"),
        ("ipc:///tmp/" + String(repeating: "x", count: 200), "the path has 205 bytes and a socket's may have 107"),
    ])
    func `a bad address is refused in words`(url: String, words: String) throws {
        for use in [{ _ = try $0.bind(url) }, { try $0.connect(url) }] as [(ZMQSocket) throws -> Void] {
            let error = #expect(throws: RouteGridError.self) { try use(try context.socket(.router)) }
            #expect(error?.code == .usage)
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "no error")")
        }
    }

    @Test func `a port in use is named`() throws {
        let first = try context.socket(.router)
        let endpoint = try first.bind("tcp://127.0.0.1:*")
        let error = #expect(throws: RouteGridError.self) { try context.socket(.router).bind(endpoint) }
        #expect(error?.message.hasPrefix("\(endpoint) is in use") == true)
    }

    @Test func `an ipc path with a listener is not taken from it and a stale one is`() throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/rg-\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try context.socket(.router)
        try first.bind("ipc://\(path)")
        let error = #expect(throws: RouteGridError.self) { try context.socket(.router).bind("ipc://\(path)") }
        #expect(error?.message.contains("is in use") == true)
        #expect(error?.code == .temporary)
        first.close()
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        try context.socket(.router).bind("ipc://\(path)")
    }

    @Test func `a foreign network address is named`() throws {
        let error = #expect(throws: RouteGridError.self) { try context.socket(.router).bind("tcp://192.0.2.1:5555") }
        #expect(error?.message.contains("no such network address") == true, "\(error?.message ?? "")")
    }

    @Test func `only local addresses are local`() throws {
        #expect(try ZMQAddress("tcp://127.0.0.1:1").isLocal)
        #expect(try ZMQAddress("ipc:///x").isLocal)
        #expect(try !ZMQAddress("tcp://*:1").isLocal)
        #expect(try !ZMQAddress("tcp://10.0.0.1:1").isLocal)
    }
}
