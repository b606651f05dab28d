import Foundation
import RouteGridBase
import Synchronization
import Testing
import Wire

@Suite(.timeLimit(.minutes(1))) struct ClusterClientTests {
    @Test func `an address without a coordinator is unreachable within the deadline`() throws {
        let start = ContinuousClock.now
        let error = #expect(throws: RouteGridError.self) {
            try ClusterClient.connect("tcp://127.0.0.1:1", within: .milliseconds(300))
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("no coordinator answers at tcp://127.0.0.1:1") == true)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func `a coordinator of another version ends with the protocol code`() throws {
        let coordinator = try ScriptedCoordinator { message in
            guard case .hello(var hello) = message.body else { return [] }
            hello.protocol += 1
            return try [WireMessage(.refused(WireRefused(#require(WireProtocol.refusal(of: hello)))))]
        }
        defer { coordinator.stop() }
        let error = #expect(throws: RouteGridError.self) { try ClusterClient.connect(coordinator.url) }
        #expect(error?.code == .protocolRefused)
        #expect(error?.code.exitCode == 76)
        #expect(error?.message.contains("protocol version \(WireProtocol.version + 1)") == true)
        #expect(error?.message.hasSuffix("upgrade the coordinator") == true)
    }

    @Test(arguments: [(WireRole.worker, "worker"), (.client, "client"), (.follower, "client")])
    func `of two versions the older side is named, with its build in a form that cannot act`(
        _ role: WireRole,
        _ name: String
    ) throws {
        var hello = WireHello()
        (hello.protocol, hello.role, hello.build) = (WireProtocol.version - 1, role, "old\u{1B}[31m")
        let error = try #require(WireProtocol.refusal(of: hello))
        #expect(error.code == .protocolRefused)
        #expect(error.message.hasSuffix("upgrade the \(name)"))
        #expect(error.message.hasPrefix("the \(name) (old␛[31m) speaks protocol version \(hello.protocol), "))
    }

    @Test func `a question is asked again after a restart`() throws {
        let asked = Atomic<Int>(0)
        let coordinator = try ScriptedCoordinator { message in
            switch message.body {
            case .hello: return [ScriptedCoordinator.welcome()]
            case .query(let query):
                if asked.add(1, ordering: .relaxed).newValue == 1 { return [WireMessage(.unknown(WireUnknown()))] }
                var reply = WireReply()
                reply.json = Data("{\"kind\":\"\(query.kind)\",\"selector\":\"\(query.selector)\"}".utf8)
                return [WireMessage(.reply(reply))]
            default: return []
            }
        }
        defer { coordinator.stop() }
        let client = try ClusterClient.connect(coordinator.url)
        #expect(try client.query(.status, "run=1") == ["kind": "status", "selector": "run=1"])
        client.close()
        #expect(coordinator.log.withLock { $0.prefix(4) } == ["hello", "query", "hello", "query"])
    }

    @Test func `a connection without answers is opened anew for a question and not for a change`() throws {
        let asked = Atomic<Int>(0)
        let coordinator = try ScriptedCoordinator { message in
            switch message.body {
            case .hello: return [ScriptedCoordinator.welcome()]
            case .query:
                guard asked.add(1, ordering: .relaxed).newValue > 1 else { return [] }
                var reply = WireReply()
                reply.json = Data("1".utf8)
                return [WireMessage(.reply(reply))]
            default: return []
            }
        }
        defer { coordinator.stop() }
        let client = try ClusterClient.connect(coordinator.url)
        client.idleTimeout = .milliseconds(50)
        #expect(try client.query(.status) == 1)
        client.requestLimit = .milliseconds(200)
        let error = #expect(throws: RouteGridError.self) { try client.control(.cancel, "1") }
        #expect(error?.code == .unreachable)
        #expect(coordinator.log.withLock { $0.filter { $0 == "control" }.count } == 1)
        let twice = #expect(throws: RouteGridError.self) { try client.submit(lock: [1]) { _ in [] } }
        #expect(twice?.code == .unreachable)
        #expect(coordinator.log.withLock { $0.filter { $0 == "submit" }.count } == 1)
    }

    @Test func `when the coordinator was replaced, questions are asked again at once and changes are not`() throws {
        let asked = Atomic<Int>(0)
        let coordinator = try ScriptedCoordinator { message in
            switch message.body {
            case .hello: return [ScriptedCoordinator.welcome()]
            case .query:
                guard asked.add(1, ordering: .relaxed).newValue > 1 else { return [] }
                var reply = WireReply()
                reply.json = Data("1".utf8)
                return [WireMessage(.reply(reply))]
            default: return []
            }
        }
        defer { coordinator.stop() }
        let client = try ClusterClient.connect(coordinator.url)
        let isReplaced = LockedBox(true)
        client.attend = { () throws(RouteGridError) in
            isReplaced.withLock { isReplaced in
                defer { isReplaced = false }
                return isReplaced
            }
        }
        let begun = ContinuousClock.now
        #expect(try client.query(.status) == 1)
        #expect(ContinuousClock.now - begun < client.idleTimeout)
        isReplaced.withLock { $0 = true }
        let error = #expect(throws: RouteGridError.self) { try client.control(.cancel, "1") }
        #expect(error?.code == .unreachable)
        #expect(coordinator.log.withLock { $0.filter { $0 == "control" }.count } == 1)

        client.attend = { () throws(RouteGridError) in throw RouteGridError(.incomplete, "enough") }
        let enough = #expect(throws: RouteGridError.self) { try client.control(.cancel, "1") }
        #expect(enough?.code == .incomplete)
    }

    @Test func `a blob that comes with other content than its name is refused`() throws {
        let coordinator = try ScriptedCoordinator { message in
            switch message.body {
            case .hello: return [ScriptedCoordinator.welcome()]
            case .fetch(let fetch):
                var chunk = WireChunk()
                (chunk.sha, chunk.total) = (fetch.sha, 3)
                return [WireMessage(.chunk(chunk), data: [3, 2, 1])]
            default: return []
            }
        }
        defer { coordinator.stop() }
        let client = try ClusterClient.connect(coordinator.url)
        let error = #expect(throws: RouteGridError.self) { try client.fetch(Digest(hashing: [1, 2, 3])) }
        #expect(error?.code == .checkFailed)
        #expect(try client.fetch(Digest(hashing: [3, 2, 1])) == [3, 2, 1])
    }

    @Test func `a grid is submitted after the blobs that are missing`() throws {
        let content = [UInt8]((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let digest = Digest(hashing: content)
        let stored = LockedBox<[UInt8]>([])
        let coordinator = try ScriptedCoordinator { message in
            switch message.body {
            case .hello: return [ScriptedCoordinator.welcome()]
            case .submit(let submit):
                var submitted = WireSubmitted()
                if stored.withLock({ $0.count }) < content.count {
                    submitted.missing = [digest.data]
                } else {
                    (submitted.run, submitted.cells) = (7, UInt64(submit.lock.count))
                }
                return [WireMessage(.submitted(submitted))]
            case .put(let put):
                let count = stored.withLock { bytes in
                    if bytes.count == Int(put.offset) { bytes += message.data ?? [] }
                    return bytes.count
                }
                var answer = WireStored()
                answer.sha = put.sha
                answer.nextOffset = UInt64(count)
                answer.complete = count == Int(put.total)
                return [WireMessage(.stored(answer))]
            case .fetch(let fetch):
                let bytes = stored.withLock { $0 }
                var chunk = WireChunk()
                (chunk.sha, chunk.offset, chunk.total) = (fetch.sha, fetch.offset, UInt64(bytes.count))
                chunk.missing = fetch.sha != digest.data
                let end = min(bytes.count, Int(fetch.offset + fetch.length))
                return [WireMessage(.chunk(chunk), data: Array(bytes[Int(fetch.offset)..<end]))]
            default: return []
            }
        }
        defer { coordinator.stop() }
        let client = try ClusterClient.connect(coordinator.url)
        let submitted = try client.submit(lock: Array("lock".utf8)) { _ in content }
        #expect(submitted == (RunID(7), 4))
        #expect(try client.fetch(digest) == content)
        let error = #expect(throws: RouteGridError.self) { try client.fetch(Digest(hashing: [1])) }
        #expect(error?.message.contains("has no blob") == true)
    }

    @Test func `records are followed to the end of a run and past silence`() throws {
        let asked = Atomic<Int>(0)
        let coordinator = try ScriptedCoordinator { message in
            switch message.body {
            case .hello: return [ScriptedCoordinator.welcome()]
            case .follow(let follow):
                let count = asked.add(1, ordering: .relaxed).newValue
                if follow.run == 0 && count % 2 == 1 { return [] }
                var records = WireRecords()
                (records.first, records.last) = (follow.afterSeq + 1, follow.afterSeq + 2)
                records.complete = follow.run > 0 && records.last == 6
                records.items = [WireRecordItem(), WireRecordItem()]
                return [WireMessage(.records(records))]
            default: return []
            }
        }
        defer { coordinator.stop() }
        let client = try ClusterClient.connect(coordinator.url, role: .follower)
        var seen: [UInt64] = []
        try client.follow(run: RunID(3)) { records in
            seen.append(records.last)
            return true
        }
        #expect(seen == [2, 4, 6])
        client.idleTimeout = .milliseconds(50)
        seen = []
        try client.follow(after: 10) { records in
            seen.append(records.last)
            return seen.count < 3
        }
        #expect(seen == [12, 14, 16])
    }
}
