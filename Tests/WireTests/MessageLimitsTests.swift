import Foundation
import RouteGridBase
import Testing
import Wire

struct MessageLimitsTests {
    /// The messages of the protocol as its source says them: name, and the fields that may be many or long.
    private static func declared() throws -> [(message: String, field: String, number: UInt64)] {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Wire/routegrid.proto")
        let text = try String(contentsOf: path, encoding: .utf8).replacing(/\/\/[^\n]*/, with: "")
        var found: [(String, String, UInt64)] = []
        for message in text.matches(of: /message (\w+) \{((?:[^{}]|\{[^{}]*\})*)\}/) where message.1 != "Envelope" {
            let body = String(message.2).replacing(/enum \w+ \{[^}]*\}/, with: "")
            for field in body.matches(of: /(repeated |optional )?(\w+) (\w+) = (\d+);/) {
                guard field.1 == "repeated " || ["string", "bytes"].contains(field.2) else { continue }
                found.append((String(message.1), String(field.3), try #require(UInt64(field.4))))
            }
        }
        return found
    }

    @Test func `every repeated field, every text and every byte string of the protocol has a limit`() throws {
        let declared = try Self.declared()
        #expect(declared.count > 40)
        for (message, field, number) in declared {
            let limit = MessageLimits.table[message]?[number]
            #expect(limit?.name == field, "\(message).\(field) = \(number) has no row in MessageLimits")
        }
        let rows = MessageLimits.table.values.reduce(0) { $0 + $1.count }
        #expect(rows == declared.count, "rows for fields that are not in the protocol")
    }

    private func refusal(_ body: WireEnvelope.OneOf_Body) throws -> String? {
        let frame = try WireMessage.encode(body)
        do throws(RouteGridError) { _ = try WireMessage(frames: [frame]) } catch { return error.message }
        return nil
    }

    @Test func `what exceeds a limit is refused with the limit's name, and what reaches it is not`() throws {
        var hello = WireHello()
        hello.name = String(repeating: "x", count: 256)
        hello.held = (0..<4_096).map { _ in WireLeaseRef() }
        hello.held[0].cells = Array(repeating: 1 << 40, count: 4_096)
        #expect(try refusal(.hello(hello)) == nil)
        var long = hello
        long.name += "x"
        #expect(try refusal(.hello(long))?.contains("Hello.name with 257 bytes; the limit is 256") == true)
        var many = hello
        many.held.append(WireLeaseRef())
        #expect(try refusal(.hello(many))?.contains("more than 4096 of Hello.held") == true)
        var deep = hello
        deep.held[0].cells = Array(repeating: 1, count: 4_097)
        #expect(try refusal(.hello(deep))?.contains("more than 4096 of LeaseRef.cells") == true)
        var beat = WireHeartbeat()
        beat.leases = Array(repeating: WireHeldLease(), count: 60_000)
        #expect(try refusal(.heartbeat(beat))?.contains("more than 4096 of Heartbeat.leases") == true)
    }
}
