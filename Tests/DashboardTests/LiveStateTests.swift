import Foundation
import RouteGridBase
import Testing

@testable import Dashboard

@Suite struct LiveStateTests {
    private func records(_ numbers: ClosedRange<UInt64>) -> [LiveRecord] {
        numbers.map { LiveRecord(sequence: $0, json: ["seq": JSONValue(Int($0))]) }
    }

    private func frames(_ subscription: EventSubscription, _ count: Int) async -> String {
        var text = ""
        var left = count
        for await frame in subscription.frames {
            text += String(decoding: frame, as: UTF8.self)
            left -= 1
            if left == 0 { break }
        }
        return text
    }

    @Test func `a client that comes back gets what it missed, under the number of the last record`() async throws {
        let state = LiveState()
        state.publish(records(1...5))
        let text = await frames(try #require(state.subscribe(after: 3)), 1)
        #expect(text.contains("retry: ") && text.contains("\nid: 5\nevent: records\ndata: {"), "\(text)")
        #expect(text.contains("{\"seq\":4},{\"seq\":5}") && !text.contains("{\"seq\":3}"), "\(text)")
        #expect(text.contains("\"missed\":false"))
        let current = await frames(try #require(state.subscribe(after: 5)), 1)
        #expect(!current.contains("event: records"), "\(current)")
    }

    @Test func `a client that was away for too long hears that records are missing`() async throws {
        let state = LiveState()
        for start in stride(from: UInt64(1), to: 4_000, by: 500) { state.publish(records(start...start + 499)) }
        let text = await frames(try #require(state.subscribe(after: 1)), 1)
        #expect(text.contains("\"missed\":true") && text.contains("id: 4000\n"), "\(text)")
    }

    @Test func `all clients get one frame, a slow one the newest, one too many none`() async throws {
        let state = LiveState()
        var held: [EventSubscription] = []
        for _ in 0..<LiveState.mostSubscribers { held.append(try #require(state.subscribe(after: nil))) }
        #expect(state.subscribe(after: nil) == nil)
        for number in 1...9 {
            state.publish({ $0.status = Data("\(number)".utf8) }, snapshot: Data("{\"number\":\(number)}".utf8))
        }
        let text = await frames(held[0], 3)
        #expect(text.contains("{\"number\":9}") && !text.contains("{\"number\":5}"), "\(text)")
        held[1].end()
        #expect(state.subscribe(after: nil) != nil)
        #expect(state.trouble() == nil)
        #expect(String(decoding: state.documents.status, as: UTF8.self) == "9")
    }

    @Test func `a coordinator that stopped to answer is said`() {
        let state = LiveState()
        #expect(state.trouble() != nil)
        state.publish({ _ in }, snapshot: Data("{}".utf8))
        state.publish(trouble: "gone")
        #expect(state.trouble() == nil)
        #expect(state.trouble(at: .now + .seconds(11)) == "gone")
    }
}
