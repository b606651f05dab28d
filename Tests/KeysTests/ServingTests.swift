import Foundation
import Keys
import RouteGridBase
import TestSupport
import Testing
import ZeroMQ

/// From a coordinator's start to a worker's connection, by keys alone.
@Suite(.timeLimit(.minutes(1))) struct ServingTests {
    let folder: TemporaryFolder
    let state: String
    let environment: [String: String]

    init() throws {
        folder = try TemporaryFolder()
        state = folder.path("state")
        environment = ["TMPDIR": folder.path]
    }

    @Test(arguments: ["tcp://0.0.0.0:7557", "tcp://*:7557", "tcp://10.0.0.1:7557", "tcp://[::]:7557"])
    func `beyond this machine, somebody must have made keys`(text: String) throws {
        let address = try ZMQAddress(text)
        for round in 0..<2 {
            let error = #expect(throws: RouteGridError.self) { try KeyRing.serving(at: address, state: state) }
            #expect(error?.code.exitCode == 77)
            #expect(
                error?.message.contains("`routegrid keys init --state \(state)`") == true,
                "\(error?.message ?? "")"
            )
            // Keys that a coordinator made for itself do not count.
            if round == 0 { _ = try KeyRing.serving(at: ZMQAddress("tcp://127.0.0.1:1"), state: state) }
        }
        let own = try KeyRing(state: state).server.publicKey
        try KeyRing.initialise(state: state)
        #expect(try KeyRing.serving(at: address, state: state).ring.server.publicKey == own)
    }

    @Test func `a key file goes before local keys, and another machine needs one`() throws {
        let (here, there) = (try ZMQAddress("tcp://127.0.0.1:7557"), try ZMQAddress("tcp://grid:7557"))
        let local = try KeySource(keyFile: nil, role: .worker, for: here)
        #expect(try local.key(for: here, environment: environment) == nil)
        let error = #expect(throws: RouteGridError.self) {
            try KeySource(keyFile: nil, role: .worker, for: there)
        }
        #expect(error?.code.exitCode == 77 && error?.message.contains("--key FILE") == true)
        _ = try KeyRing.serving(at: here, state: state)
        let files = try KeyRing.localKeys(for: here, state: state)
        _ = try LocalKeys(leaving: files, for: here, environment: environment)
        #expect(try local.key(for: here, environment: environment) == files[.worker])
        let invite = try KeyRing.invite(KeyName("w"), role: .worker, state: state)
        try invite.keyFile.write(to: folder.path("w.key"))
        for address in [here, there] {
            let given = try KeySource(keyFile: folder.path("w.key"), role: .worker, for: address)
            #expect(try given.key(for: address, environment: environment) == invite.keyFile)
        }
        #expect(throws: RouteGridError.self) {
            try KeySource(keyFile: state + "/keys/server.key", role: .admin, for: here)
        }
    }

    @Test func `a ring, a handler and a local key make a connection with a role, until the key is revoked`() throws {
        let context = try ZMQContext()
        var watch = try KeyRing.serving(at: ZMQAddress("tcp://127.0.0.1:0"), state: state)
        let handler = try ZAPHandler(context: context, domain: "routegrid")
        var options = SocketOptions()
        options.security = .server(watch.ring.server, domain: "routegrid")
        let router = try context.socket(.router, options: options)
        let address = try ZMQAddress(router.bind("tcp://127.0.0.1:*"))
        _ = try LocalKeys(
            leaving: KeyRing.localKeys(for: address, state: state),
            for: address,
            environment: environment
        )
        #expect(try watch.poll())
        handler.allow(watch.ring.allowList)

        let local = try KeySource(keyFile: nil, role: .worker, for: address)
        let file = try #require(try local.key(for: address, environment: environment))
        options.security = try file.security()
        options.linger = .zero
        let clientContext = try ZMQContext()
        let dealer = try clientContext.socket(.dealer, options: options)
        try dealer.connect(address.text)
        func role(after message: UInt8) throws -> Role? {
            #expect(try dealer.send([[message]]) == .sent)
            let deadline = ContinuousClock.now + .seconds(20)
            while ContinuousClock.now < deadline {
                if let received = try router.receive() {
                    #expect(received.frames.last == [message])
                    return watch.ring.role(userID: received.userID)
                }
                try router.wait(.milliseconds(50))
            }
            Issue.record("message \(message) did not arrive")
            return nil
        }
        #expect(try role(after: 1) == .worker)
        try KeyRing.revoke("local-worker", state: state)
        #expect(try watch.poll())
        handler.allow(watch.ring.allowList)
        #expect(try role(after: 2) == nil)
        let late = try clientContext.socket(.dealer, options: options)
        let monitor = try HandshakeMonitor(late, context: clientContext)
        try late.connect(address.text)
        #expect(try monitor.next(within: .seconds(20)) == .refused(status: 400))
        monitor.close()
        late.close(discarding: true)
        dealer.close(discarding: true)
        router.close(discarding: true)
        handler.stop()
    }
}
