import Foundation
import RouteGridBase
import Testing
import Wire

struct ReceivedResultTests {
    /// A message of some items with every field.
    private func result(items count: Int) -> WireResult {
        var result = WireResult()
        (result.lease, result.fence, result.run) = (1 << 33, 77, 5)
        for number in 0..<count {
            var item = WireResultItem()
            item.cell = UInt64(number) << 12
            item.jobKey = JobKey(hashing: [UInt8(number), 1]).data
            item.resultSha = Digest(hashing: [UInt8(number), 2]).data
            item.record = Data(repeating: UInt8(number), count: 50 * number)
            item.run = Data("facts \(number)".utf8)
            let blobs = (0..<number % 3).map { Data(repeating: 9, count: $0) }
            item.blobs = blobs.map { Digest(hashing: Array($0)).data }
            item.inline = blobs
            result.items.append(item)
        }
        return result
    }

    @Test func `it reads what protobuf writes`() throws {
        let message = result(items: 7)
        let frame = try WireMessage.encode(.result(message))
        #expect(ReceivedResult.isResult(frame))
        let read = try ReceivedResult(frame: frame)
        #expect((read.lease, read.fence, read.run) == (message.leaseID, message.leaseFence, message.runID))
        #expect(read.items.count == message.items.count)
        for (item, expected) in zip(read.items, message.items) {
            #expect(item.cell == expected.cellID)
            #expect(item.jobKey.data == expected.jobKey && item.resultDigest.data == expected.resultSha)
            #expect(Data(item.record) == expected.record && Data(item.run) == expected.run)
            #expect(item.blobs.map(\.data) == expected.blobs && item.inline.map { Data($0) } == expected.inline)
        }
        #expect(!ReceivedResult.isResult(try WireMessage.encode(.heartbeat(WireHeartbeat()))))
    }

    @Test func `an item names few blobs`() throws {
        var message = result(items: 1)
        message.items[0].blobs = Array(repeating: Digest(hashing: []).data, count: ReceivedResult.maximumBlobs)
        let read = try ReceivedResult(frame: WireMessage.encode(.result(message)))
        #expect(read.items[0].blobs.count == ReceivedResult.maximumBlobs)
        message.items[0].blobs.append(Digest(hashing: []).data)
        #expect(throws: RouteGridError.self) { try ReceivedResult(frame: WireMessage.encode(.result(message))) }
    }

    @Test func `every truncation and a lost digest are refused`() throws {
        let frame = try WireMessage.encode(.result(result(items: 3)))
        for length in 0..<frame.count {
            let error = #expect(throws: RouteGridError.self) { try ReceivedResult(frame: Array(frame[..<length])) }
            #expect(error?.code == .protocolRefused)
        }
        for change in 0..<5 {
            var message = result(items: 2)
            switch change {
            case 0: message.items[1].jobKey = Data()
            case 1: message.items[1].resultSha = Data(repeating: 1, count: 31)
            case 2: message.items[1].blobs = [Data([1])]
            case 3: message.items[0].inline = [Data([1])]
            default: message.items.append(WireResultItem())
            }
            #expect(throws: RouteGridError.self) { try ReceivedResult(frame: WireMessage.encode(.result(message))) }
        }
    }

    @Test func `changed bytes are read or refused, and never trap`() throws {
        let frame = try WireMessage.encode(.result(result(items: 3)))
        var generator = Xoshiro256(seed: Digest(hashing: "changed bytes".utf8))
        for _ in 0..<20_000 {
            var changed = frame
            for _ in 0..<1 + generator.below(4) {
                changed[generator.below(changed.count)] = UInt8(generator.below(256))
            }
            _ = try? ReceivedResult(frame: changed)
        }
    }

    @Test func `a frame over the limit is refused`() throws {
        let frame = try WireMessage.encode(.result(result(items: 3)))
        #expect(throws: RouteGridError.self) { try ReceivedResult(frame: frame, limit: frame.count - 1) }
    }
}
