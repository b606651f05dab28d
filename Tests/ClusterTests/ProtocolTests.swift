import Foundation
import RouteGridBase
import TestSupport
import Testing
import Wire
import ZeroMQ

/// Peers of another version, and peers that are none.
@Suite(.timeLimit(.minutes(2))) struct ProtocolTests {
    /// A coordinator that answers the first message with what it is given, from one thread, in one go.
    private func answered(
        _ answer: WireEnvelope.OneOf_Body,
        _ command: [String],
        in folder: TemporaryFolder
    ) throws -> RunningCommand {
        let context = try ZMQContext()
        let router = try context.socket(.router)
        defer { router.close() }
        let url = try router.bind("ipc://\(folder.path("other"))")
        let running = try RunningCommand(command + ["--connect", url, "--insecure-plaintext"], in: folder.path)
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            try router.wait(.milliseconds(100))
            guard let message = try router.receive() else { continue }
            let reply = try message.frames.prefix(1) + WireMessage(answer).frames()
            _ = try router.send(Array(reply))
            break
        }
        return running
    }

    @Test func `a coordinator of another protocol version ends clients with 76`() async throws {
        let folder = try TemporaryFolder()
        var refused = WireRefused()
        (refused.code, refused.text) = ("protocol", "protocol version 1 is not supported, only 7")
        let running = try answered(.refused(refused), ["status"], in: folder)
        #expect(await running.ended() == 76, "\(running.messages)")
        #expect(running.messages == "routegrid: protocol version 1 is not supported, only 7\n")
    }

    @Test func `something else that answers ends clients with 76`() async throws {
        let folder = try TemporaryFolder()
        let running = try answered(.heartbeat(WireHeartbeat()), ["status", "--connect-timeout", "1"], in: folder)
        let status = await running.ended()
        // A sign of life is no welcome: the client goes on waiting for one.
        #expect(status == 69, "\(running.messages)")
        let other = try answered(.committed(WireCommitted()), ["status"], in: folder)
        #expect(await other.ended() == 76, "\(other.messages)")
    }

    @Test func `a greeting of another version, and what is no message, are refused by name`() async throws {
        let folder = try TemporaryFolder()
        let coordinator = try await ClusterTests.Coordinator(in: folder, more: ["--insecure-plaintext"])
        var hello = WireHello()
        (hello.protocol, hello.role, hello.boot) = (99, .client, Data(repeating: 1, count: 16))
        let version = try refusal(of: WireMessage(.hello(hello)).frames(), at: coordinator.url)
        #expect(version?.code == "protocol")
        #expect(version?.text.contains("99") == true, "\(version?.text ?? "")")
        let noise = try refusal(of: [Array("GET / HTTP/1.1".utf8)], at: coordinator.url)
        #expect(noise?.code == "protocol")
        #expect(!coordinator.process.hasEnded)
    }

    /// What a coordinator refuses these frames with, in one go on one thread.
    private func refusal(of frames: [[UInt8]], at url: String) throws -> WireRefused? {
        let context = try ZMQContext()
        let dealer = try context.socket(.dealer)
        defer { dealer.close() }
        try dealer.connect(url)
        _ = try dealer.send(frames)
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            try dealer.wait(.milliseconds(100))
            guard let message = try dealer.receive() else { continue }
            if case .refused(let refused) = try WireMessage(frames: message.frames[...]).body { return refused }
        }
        return nil
    }

    @Test func `a frame that claims a gigabyte is refused before memory is taken for it`() async throws {
        let folder = try TemporaryFolder()
        let coordinator = try await ClusterTests.Coordinator(in: folder, bind: "ipc://\(folder.path("c"))")
        #expect(try isCutOff(sending: RawPeer.longFrameHeader(1 << 30), at: folder.path("c")))
        let status = try await CommandLineTool.run("status", "--connect", coordinator.url)
        #expect(status.status == 0, "\(status)")
        let peak = try #require(Processes.peakMemory(of: coordinator.process.identifier))
        #expect(peak < 400 << 20, "\(peak >> 20) MiB")
    }

    private func isCutOff(sending bytes: [UInt8], at path: String) throws -> Bool {
        let peer = try RawPeer(path: path)
        try peer.send(RawPeer.greeting + RawPeer.ready)
        try peer.send(bytes + [UInt8](repeating: 0, count: 4096))
        return peer.isClosedByOther(within: .seconds(20))
    }
}
