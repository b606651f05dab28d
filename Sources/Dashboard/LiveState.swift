import Foundation
import RouteGridBase

/// What all clients are shown: made once a tick, shared by all of them.
final class LiveState: Sendable {
    /// Documents as they are sent.
    struct Documents: Sendable {
        var status = Data("{}".utf8)
        var runs = Data("{}".utf8)
        var workers = Data("{}".utf8)
        var failures = Data("{}".utf8)
        var board = Data("{}".utf8)
        var stream = Data("{}".utf8)
        var metrics = JSONValue.null
    }

    private struct State {
        var documents = Documents()
        /// When the coordinator last answered.
        var heard: ContinuousClock.Instant?
        var trouble = "the coordinator was not reached yet"
        var records = RecordRing()
        var boardNumber = 0
        var subscribers: [Int: AsyncStream<Data>.Continuation] = [:]
        var nextSubscriber = 0
    }

    /// Clients that events are sent to.
    static let mostSubscribers = 256
    /// Frames that wait for a slow client; older ones are dropped.
    private static let framesKept = 3

    private let state = LockedBox(State())

    var documents: Documents { state.withLock { $0.documents } }
    var subscriberCount: Int { state.withLock { $0.subscribers.count } }

    /// Why nothing current can be shown; nil while the coordinator answers.
    func trouble(at now: ContinuousClock.Instant = .now) -> String? {
        state.withLock { state in
            guard let heard = state.heard else { return state.trouble }
            return now - heard > .seconds(10) ? state.trouble : nil
        }
    }

    /// Seconds since the coordinator last answered; nil before.
    func age(at now: ContinuousClock.Instant = .now) -> Double? {
        state.withLock { state in state.heard.map { (now - $0) / .seconds(1) } }
    }

    // MARK: Publishing

    /// The coordinator answered.
    func publish(_ change: (inout Documents) -> Void, snapshot: Data) {
        state.withLock { state in
            change(&state.documents)
            state.heard = .now
            state.trouble = "the coordinator does not answer"
        }
        send(EventFrame.data("snapshot", snapshot))
    }

    func publish(trouble: String) {
        state.withLock { $0.trouble = trouble }
        let text = JSONValue.object(["trouble": .string(SafeText.line(trouble))]).jsonText
        send(EventFrame.data("trouble", Data(text.utf8)))
    }

    func publish(board: Data) {
        let number = state.withLock { state in
            state.documents.board = board
            state.boardNumber += 1
            return state.boardNumber
        }
        send(EventFrame.data("board", Data("{\"number\":\(number)}".utf8)))
    }

    /// New records; the frame's id is the last one's number.
    func publish(_ records: [LiveRecord]) {
        guard
            let frame = state.withLock({ state in
                state.records.add(records)
                return EventFrame.records(records, missed: false)
            })
        else { return }
        send(frame)
    }

    /// A comment, so that proxies and clients see that the connection lives.
    func ping() { send(Data(": ping\n\n".utf8)) }

    private func send(_ frame: Data) {
        let all = state.withLock { Array($0.subscribers.values) }
        for subscriber in all { subscriber.yield(frame) }
    }

    // MARK: Subscribing

    /// - Parameter last: The number of the last record that the client has; nil for one that is new.
    /// - Returns: Its frames; nil when there are too many clients.
    func subscribe(after last: UInt64?) -> EventSubscription? {
        let (frames, continuation) = AsyncStream.makeStream(
            of: Data.self,
            bufferingPolicy: .bufferingNewest(Self.framesKept)
        )
        let number: Int? = state.withLock { state in
            guard state.subscribers.count < Self.mostSubscribers else { return nil }
            state.nextSubscriber += 1
            state.subscribers[state.nextSubscriber] = continuation
            // The first frame says how soon to come back, and what was missed.
            var first = Data("retry: 2000\n\n".utf8)
            if let replay = state.records.frame(after: last) { first += replay }
            continuation.yield(first)
            return state.nextSubscriber
        }
        guard let number else { return nil }
        return EventSubscription(frames: frames) { [weak self] in
            self?.state.withLock { $0.subscribers[number] = nil }
            continuation.finish()
        }
    }
}

/// A client's place among those that events are sent to.
struct EventSubscription: Sendable {
    let frames: AsyncStream<Data>
    let end: @Sendable () -> Void
}

/// Frames of an event stream (WHATWG HTML, 9.2).
enum EventFrame {
    /// One event; `data` is JSON in one line.
    static func data(_ event: String, id: UInt64? = nil, _ data: Data) -> Data {
        var frame = Data((id.map { "id: \($0)\n" } ?? "").utf8)
        frame += Data("event: \(event)\ndata: ".utf8)
        frame += data
        frame += Data("\n\n".utf8)
        return frame
    }

    /// Records that a frame lists at most: the newest.
    private static let listed = 40

    static func records(_ records: [LiveRecord], missed: Bool) -> Data? {
        guard let first = records.first, let last = records.last else { return nil }
        let document: JSONValue = [
            "first": JSONValue(Int(clamping: first.sequence)), "last": JSONValue(Int(clamping: last.sequence)),
            "count": JSONValue(records.count), "missed": .bool(missed),
            "records": .array(records.suffix(listed).map(\.json)),
        ]
        return data("records", id: last.sequence, Data(document.jsonText.utf8))
    }
}

/// A record as the list of the newest shows it.
struct LiveRecord: Sendable {
    let sequence: UInt64
    let json: JSONValue
}

/// The newest records, for clients that come back.
struct RecordRing: Sendable {
    private static let kept = 1_000
    /// What a client that is new is shown.
    private static let shownFirst = 20
    private var records: [LiveRecord] = []

    mutating func add(_ new: [LiveRecord]) {
        records += new.suffix(Self.kept)
        if records.count > 2 * Self.kept { records.removeFirst(records.count - Self.kept) }
    }

    /// What came after a record; for a client without one the newest.
    func frame(after last: UInt64?) -> Data? {
        guard let last else { return EventFrame.records(records.suffix(Self.shownFirst), missed: false) }
        let oldest = records.first?.sequence ?? 0
        return EventFrame.records(records.filter { $0.sequence > last }, missed: last + 1 < oldest)
    }
}

extension EventFrame {
    fileprivate static func records(_ records: ArraySlice<LiveRecord>, missed: Bool) -> Data? {
        self.records(Array(records), missed: missed)
    }
}
