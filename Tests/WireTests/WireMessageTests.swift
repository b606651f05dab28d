import Foundation
import RouteGridBase
import SwiftProtobuf
import Testing
import Wire

@Suite struct WireMessageTests {
    @Test func `a message comes back as it was`() throws {
        var fetch = WireFetch()
        fetch.sha = Digest(hashing: [1, 2, 3]).data
        fetch.offset = 1 << 40
        let frames = try WireMessage(.fetch(fetch)).frames()
        #expect(frames.count == 1)
        guard case .fetch(let read) = try WireMessage(frames: frames[...]).body else {
            Issue.record("another message")
            return
        }
        #expect(read == fetch)
    }

    @Test func `a chunk carries its data frame`() throws {
        let frames = try WireMessage(.chunk(WireChunk()), data: [1, 2, 3]).frames()
        #expect(try WireMessage(frames: frames[...]).data == [1, 2, 3])
        #expect(throws: RouteGridError.self) { try WireMessage(frames: frames[..<1]) }
        let chatty = try WireMessage(.heartbeat(WireHeartbeat())).frames() + [[1]]
        #expect(throws: RouteGridError.self) { try WireMessage(frames: chatty[...]) }
    }

    @Test(
        arguments: [
            [], [0], [0xFF], Array("GET / HTTP/1.1".utf8), [0x0A, 0x7F],
            [0x0A] + Array(repeating: 0xFF, count: 8) + [0x7F],
            [0xFA, 0x3F, 0x00],
        ] as [[UInt8]]
    )
    func `garbage is refused by name`(bytes: [UInt8]) throws {
        let error = #expect(throws: RouteGridError.self) { try WireMessage(frames: [bytes]) }
        #expect(error?.code == .protocolRefused)
        #expect(error?.message.hasPrefix("not RouteGrid's protocol") == true)
    }

    @Test func `random and cut bytes never crash the reader`() throws {
        var random = Xoshiro256(seed: Digest(hashing: [7]))
        for _ in 0..<20_000 {
            let bytes = (0..<Int(random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            _ = try? WireMessage(frames: [bytes])
        }
        var lease = WireLease()
        lease.fit = Data(repeating: 1, count: 200)
        lease.cells = [WireLeasedCell()]
        let whole = try WireMessage(.lease(lease)).frames()[0]
        for count in 0..<whole.count {
            #expect(throws: RouteGridError.self) { try WireMessage(frames: [Array(whole.prefix(count))]) }
        }
    }

    @Test func `a frame over the limit is refused before it is read`() {
        let error = #expect(throws: RouteGridError.self) {
            try WireMessage(frames: [Array(repeating: 0xFF, count: 101)], limit: 100)
        }
        // The data frame too.
        #expect(throws: RouteGridError.self) {
            let frames = try WireMessage(.put(WirePut()), data: Array(repeating: 1, count: 101)).frames()
            return try WireMessage(frames: frames[...], limit: 100)
        }
        #expect(error?.message.contains("101 bytes; the limit is 100") == true)
    }

    @Test func `a message of a million empty items is refused before it is parsed`() throws {
        // Two bytes each: the tag of Result.items and a length of zero.
        let items = Data((0..<1_000_000).flatMap { _ in [0x1A, 0x00] as [UInt8] })
        let frame = ResultFrame.envelope(lease: LeaseID(1), fence: Fence(1), run: RunID(1), items: items)
        let error = #expect(throws: RouteGridError.self) { try WireMessage(frames: [frame]) }
        #expect(error?.message.contains("too many fields") == true)
    }

    @Test func `a result built from encoded items is the one protobuf writes`() throws {
        var result = WireResult()
        (result.lease, result.fence, result.run) = (1 << 33, 77, 5)
        var items: [UInt8] = []
        for size in [0, 1, 200, 70_000] {
            let key = Digest(hashing: [UInt8(truncatingIfNeeded: size)])
            let (record, run) = (Array(repeating: UInt8(65), count: size), Array(repeating: UInt8(66), count: size / 2))
            let blobs: [[UInt8]] = size == 1 ? [] : [[], Array(repeating: 7, count: size)]
            var item = WireResultItem()
            (item.jobKey, item.resultSha, item.cell) = (key.data, key.data, UInt64(size) << 20)
            (item.record, item.run) = (Data(record), Data(run))
            item.blobs = blobs.map { Digest(hashing: $0).data }
            item.inline = blobs.map { Data($0) }
            result.items.append(item)
            ResultFrame.appendItem(
                cell: CellID(size << 20),
                jobKey: JobKey(key),
                resultDigest: key,
                record: record,
                run: run,
                blobs: blobs.map { Digest(hashing: $0) },
                inline: blobs,
                to: &items
            )
        }
        let built = ResultFrame.envelope(
            lease: result.leaseID,
            fence: result.leaseFence,
            run: result.runID,
            items: Data(items)
        )
        #expect(built == (try WireMessage.encode(.result(result))))
    }

    @Test func `a digest field of another length is named`() throws {
        let error = #expect(throws: RouteGridError.self) { try Digest(field: Data([1]), "sha") }
        #expect(error?.message.contains("field sha has 1 bytes") == true)
        let digests = [Digest(hashing: [1]), Digest(hashing: [2])]
        let bytes = digests[0].data + digests[1].data
        #expect(try Digest.list(bytes, "keys") == digests)
        for count in [1, 31, 33, 63] {
            let error = #expect(throws: RouteGridError.self) { try Digest.list(bytes.prefix(count), "keys") }
            #expect(error?.message.contains("field keys has \(count) bytes") == true)
        }
    }

    @Test func `an error is on the other side what it was here`() {
        for code in [
            .usage, .badInput, .unreachable, .temporary, .protocolRefused, .refused, .checkFailed, .incomplete,
            .cellsFailed, .system,
        ] as [RouteGridError.Code] {
            let error = WireRefused(RouteGridError(code, "why")).error
            #expect(error.code == code && error.message == "why")
            #expect(error.code.exitCode == code.exitCode)
        }
        #expect(RouteGridError.Code(wireName: "of a later version") == .refused)
    }

    @Test func `another version, a bad boot id and a missing role are refused`() {
        var hello = WireHello()
        hello.protocol = WireProtocol.version
        hello.boot = Data(WireProtocol.makeBootID())
        hello.role = .worker
        #expect(WireProtocol.refusal(of: hello) == nil)
        var other = hello
        for theirs in [WireProtocol.version - 1, WireProtocol.version + 1] {
            other.protocol = theirs
            let refusal = WireProtocol.refusal(of: other)?.message
            #expect(refusal?.contains("version \(theirs), the coordinator") == true)
            #expect(refusal?.contains("version \(WireProtocol.version): upgrade the ") == true)
        }
        other = hello
        other.boot = Data()
        #expect(WireProtocol.refusal(of: other) != nil)
        other = hello
        other.role = .unspecified
        #expect(WireProtocol.refusal(of: other) != nil)
    }
}
