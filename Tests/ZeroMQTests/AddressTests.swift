import Foundation
import Glibc
import RouteGridBase
import Testing
import ZeroMQ

@Suite struct AddressTests {
    let context: ZMQContext
    init() throws { context = try ZMQContext() }

    @Test(arguments: [
        ("127.0.0.1:5555", "the scheme is missing: expected tcp://HOST:PORT or ipc://PATH"),
        ("localhost:5555", "the scheme is missing"),
        ("", "the scheme is missing"),
        ("tcp://[::1]", "the port is missing"),
        ("tcp://::1:5555", "an IPv6 address stands in brackets"),
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

    @Test func `a list of addresses has commas between them, and a path may have some too`() {
        #expect(ZMQAddress.list(["tcp://a:1,tcp://b:2", "ipc:///x,y"]) == ["tcp://a:1", "tcp://b:2", "ipc:///x,y"])
        #expect(ZMQAddress.list([""]) == [""])
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
    }

    @Test func `a stale socket of one's own is taken over`() throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/rg-\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.makeStaleSocket(path)
        try context.socket(.router).bind("ipc://\(path)")
    }

    @Test(arguments: ["file", "folder", "link", "link to a socket", "fifo"])
    func `whatever else is at an ipc path is left alone`(kind: String) throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/rg-\(UInt32.random(in: 0...UInt32.max))"
        let target = path + "-target"
        defer { for path in [path, target] { try? FileManager.default.removeItem(atPath: path) } }
        switch kind {
        case "file": #expect(FileManager.default.createFile(atPath: path, contents: Data("thesis".utf8)))
        case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        case "fifo": #expect(mkfifo(path, 0o600) == 0)
        case "link":
            #expect(FileManager.default.createFile(atPath: target, contents: nil))
            #expect(symlink(target, path) == 0)
        default:
            try Self.makeStaleSocket(target)
            #expect(symlink(target, path) == 0)
        }
        var before = stat()
        #expect(lstat(path, &before) == 0)
        let error = #expect(throws: RouteGridError.self) { try context.socket(.router).bind("ipc://\(path)") }
        #expect(error?.code == .usage && error?.message.contains(path) == true, "\(error?.message ?? "")")
        var after = stat()
        #expect(lstat(path, &after) == 0 && after.st_ino == before.st_ino)
        #expect(kind != "file" || FileManager.default.contents(atPath: path) == Data("thesis".utf8))
    }

    @Test func `a folder in which every user can replace files holds no socket`() throws {
        let folder = "\(FileManager.default.temporaryDirectory.path)/rg-\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        #expect(chmod(folder, 0o777) == 0)
        let error = #expect(throws: RouteGridError.self) { try context.socket(.router).bind("ipc://\(folder)/c") }
        #expect(error?.message.contains("every user can replace files") == true)
        #expect(chmod(folder, 0o1777) == 0)
        try context.socket(.router).bind("ipc://\(folder)/c")
    }

    /// The file of a socket whose owner was killed.
    private static func makeStaleSocket(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let bound = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
    }

    @Test func `an IPv6 loopback address listens and connects, where the machine has one`() throws {
        let server = try context.socket(.router)
        let endpoint: String
        do { endpoint = try server.bind("tcp://[::1]:*") } catch {
            #expect(error.message.contains("IPv6"), "\(error)")
            return
        }
        #expect(endpoint.hasPrefix("tcp://[::1]:"))
        let client = try context.socket(.dealer)
        try client.connect(endpoint)
        #expect(try client.send([[1]]) == .sent)
        #expect(try nextMessage(of: server)?.frames.last == [1])
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
        #expect(try ZMQAddress("tcp://[::1]:1").isLocal && ZMQAddress("tcp://[0:0:0:0:0:0:0:1]:1").isLocal)
        #expect(try !ZMQAddress("tcp://[::]:1").isLocal && !ZMQAddress("tcp://[fe80::1]:1").isLocal)
        #expect(try !ZMQAddress("tcp://127.example.org:1").isLocal && !ZMQAddress("tcp://127.0.0.1.example:1").isLocal)
    }
}
