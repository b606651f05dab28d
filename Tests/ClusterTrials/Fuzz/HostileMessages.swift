import Foundation
import RouteGridBase
import Wire

/// Messages of every kind, valid and damaged, drawn from a seed.
///
/// They name what the trial gives up: run 2, its cells and its class of numerics, never run 1.
struct HostileMessages {
    static let numerics = "fuzz"
    private static let decoy = "2"

    private var random: Xoshiro256
    /// A lock that is right; submitted a few times only, as each is a run that stays.
    private let lock: [UInt8]
    private var wholeLocks = 0
    /// Leases that the coordinator sent to some hostile worker.
    var leases: [WireLease] = []

    init(seed: String, lock: [UInt8]) {
        random = Xoshiro256(seed: Digest(hashing: seed.utf8))
        self.lock = lock
    }

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

    /// The frames of the next message.
    mutating func next(_ boot: [UInt8], _ role: WireRole) -> [[UInt8]] {
        if below(200) == 0 { return noise() }
        var frames = [encoded(body(boot, role))]
        if below(12) == 0 || [15, 16].contains(frames[0].first.map { Int($0 >> 3) }) { frames.append(bytes(below(600))) }
        switch below(8) {
        case 0, 1, 2: break
        case 3, 4: damage(&frames[0])
        case 5: for _ in 0..<1 + below(20) { damage(&frames[0]) }
        case 6:
            let other = encoded(body(boot, role))
            frames[0] = Array(frames[0].prefix(below(frames[0].count + 1))) + other.suffix(below(other.count + 1))
        default:
            for _ in 0..<below(24) { frames.append(bytes(below(20))) }
            if below(4) == 0 { frames = [] }
        }
        return frames.isEmpty ? [[]] : frames
    }

    private mutating func noise() -> [[UInt8]] {
        let texts = ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\u{16}\u{3}\u{1}", "PING", "{\"hello\":1}", ""]
        return [below(3) == 0 ? bytes(below(100_000)) : Array(texts[below(texts.count)].utf8)]
    }

    private mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }

    private mutating func damage(_ frame: inout [UInt8]) {
        guard !frame.isEmpty else { return }
        let place = below(frame.count)
        switch below(8) {
        case 0: frame[place] ^= 1 << UInt8(below(8))
        case 1: frame[place] = UInt8.random(in: 0...255, using: &random)
        case 2: frame.removeLast(frame.count - place)
        case 3: frame.insert(contentsOf: bytes(1 + below(8)), at: place)
        case 4: frame.removeSubrange(place..<min(frame.count, place + 1 + below(8)))
        // A number that is far too large, such as a length.
        case 5: frame.replaceSubrange(place..<place + 1, with: Array(repeating: 0xFF, count: 9) + [1])
        case 6: frame.insert(contentsOf: frame[place..<min(frame.count, place + 1 + below(64))], at: place)
        default: frame.swapAt(place, below(frame.count))
        }
    }

    private func encoded(_ body: WireEnvelope.OneOf_Body) -> [UInt8] { (try? WireMessage.encode(body)) ?? [] }

    private mutating func lease() -> WireLease {
        if !leases.isEmpty, below(4) != 0 { return leases[below(leases.count)] }
        var made = WireLease()
        (made.lease, made.fence, made.run) = (below(2) == 0 ? 0 : random.next(), random.next(), UInt64(below(4)))
        var cell = WireLeasedCell()
        (cell.cell, cell.jobKey) = (UInt64(below(20_000)), Data(bytes(32)))
        made.cells = [cell]
        return made
    }

    private mutating func digest() -> Data { Data(bytes(below(20) == 0 ? below(64) : 32)) }

    private mutating func text() -> String {
        ["", "x", "\u{1B}[2J", "<script>", String(repeating: "long ", count: below(200)), "2/3"][below(6)]
    }

    private mutating func hello(_ boot: [UInt8], _ role: WireRole) -> WireHello {
        var hello = WireHello()
        (hello.protocol, hello.role) = (below(30) == 0 ? UInt32(below(9)) : WireProtocol.version, role)
        hello.boot = Data(below(10) == 0 ? bytes(below(40)) : boot)
        (hello.name, hello.build, hello.slots) = (text(), text(), UInt32(below(9)))
        hello.numerics = below(6) == 0 ? (0..<below(80)).map { "class \($0)" } : [Self.numerics]
        hello.held = (0..<below(3)).map { _ in
            let known = lease()
            var held = WireLeaseRef()
            (held.lease, held.fence, held.run) = (known.lease, known.fence, 2)
            held.cells = known.cells.map(\.cell) + (0..<below(30)).map { _ in UInt64(below(30_000)) }
            return held
        }
        hello.unacked = (0..<below(4)).map { _ in digest() }
        return hello
    }

    /// A greeting that is right.
    func greeting(_ boot: [UInt8], _ role: WireRole) -> [[UInt8]] {
        var hello = WireHello()
        (hello.protocol, hello.role, hello.boot) = (WireProtocol.version, role, Data(boot))
        (hello.name, hello.numerics, hello.slots) = ("hostile", [Self.numerics], 1)
        return [encoded(.hello(hello))]
    }

    private mutating func result() -> WireResult {
        let work = lease()
        var result = WireResult()
        (result.lease, result.fence, result.run) = (work.lease, work.fence, below(9) == 0 ? UInt64(below(4)) : 2)
        result.items = (0..<1 + below(3)).map { _ in
            let cell = work.cells.isEmpty ? WireLeasedCell() : work.cells[below(work.cells.count)]
            let record = MadeUpRecord(key: cell.jobKey.count == 32 ? cell.jobKey : Data(bytes(32)))
            var item = WireResultItem()
            (item.cell, item.jobKey, item.resultSha) = (cell.cell, cell.jobKey, record.digest.data)
            item.record = below(5) == 0 ? Data(bytes(below(2_000))) : Data(record.line)
            item.run = Data((below(4) == 0 ? text() : "{\"attempt\":1}").utf8)
            item.blobs = (0..<below(3)).map { _ in digest() }
            item.inline = below(3) == 0 ? item.blobs.map { _ in Data(bytes(below(400))) } : []
            return item
        }
        return result
    }

    private mutating func body(_ boot: [UInt8], _ role: WireRole) -> WireEnvelope.OneOf_Body {
        switch below(26) {
        case 0: return .hello(hello(boot, role))
        case 1, 2:
            var credit = WireCredit()
            credit.groups = below(3) == 0 ? UInt32.max : UInt32(below(4))
            return .credit(credit)
        case 3, 8, 9, 10, 11: return report()
        case 4, 5, 6, 7: return .result(result())
        case 12:
            var goodbye = WireGoodbye()
            goodbye.reason = text()
            return .goodbye(goodbye)
        case 13, 14, 15: return transfer()
        case 16:
            wholeLocks += 1
            var submit = WireSubmit()
            var bytes = lock
            if wholeLocks > 20 || below(4) != 0 { for _ in 0..<1 + below(6) { damage(&bytes) } }
            submit.lock = Data(bytes)
            return .submit(submit)
        case 17, 18, 19, 20: return request()
        default: return answer(boot)
        }
    }

    /// What a worker says of its leases.
    private mutating func report() -> WireEnvelope.OneOf_Body {
        let work = lease()
        switch below(4) {
        case 0:
            var started = WireStarted()
            (started.lease, started.fence, started.cell) = (work.lease, work.fence, UInt64(below(30_000)))
            return .started(started)
        case 1:
            var failed = WireFailed()
            (failed.lease, failed.fence, failed.retryable) = (work.lease, work.fence, true)
            failed.kind = WireFailed.Kind(rawValue: below(7)) ?? .error
            (failed.text, failed.logTail) = (text(), Data(bytes(below(2_000))))
            if let cell = work.cells.first { failed.cell = cell.cell }
            return .failed(failed)
        case 2:
            var release = WireRelease()
            (release.lease, release.fence) = (work.lease, work.fence)
            release.cells = (0..<below(5)).map { UInt64($0) }
            return .release(release)
        default:
            var heartbeat = WireHeartbeat()
            for _ in 0..<below(40) {
                let work = lease()
                var held = WireHeldLease()
                (held.lease, held.fence) = (work.lease, work.fence)
                heartbeat.leases.append(held)
            }
            return .heartbeat(heartbeat)
        }
    }

    private mutating func transfer() -> WireEnvelope.OneOf_Body {
        if below(3) == 0 {
            var fetch = WireFetch()
            (fetch.sha, fetch.offset, fetch.length) = (digest(), UInt64(below(1 << 30)), UInt64(below(1 << 21)))
            return .fetch(fetch)
        }
        var put = WirePut()
        (put.sha, put.offset) = (digest(), UInt64(below(3)))
        put.total = below(3) == 0 ? UInt64(Int.max) : UInt64(below(900))
        return .put(put)
    }

    private mutating func request() -> WireEnvelope.OneOf_Body {
        switch below(4) {
        case 0, 1:
            var query = WireQuery()
            query.kind = QueryKind.allCases[below(QueryKind.allCases.count)].rawValue
            query.selector = below(2) == 0 ? "\(Self.decoy)/\(below(30_000))" : Self.decoy
            return .query(query)
        case 2:
            var control = WireControl()
            control.verb = ControlKind.allCases[below(ControlKind.allCases.count)].rawValue
            control.selector = Self.decoy
            (control.value, control.reason) = (below(2) == 0 ? "\(below(99))" : text(), text())
            return .control(control)
        default:
            var follow = WireFollow()
            (follow.afterSeq, follow.credit) = (UInt64(below(90_000)), UInt32(below(20)))
            follow.run = UInt64(below(2)) * 2
            return .follow(follow)
        }
    }

    /// What only a coordinator sends.
    private mutating func answer(_ boot: [UInt8]) -> WireEnvelope.OneOf_Body {
        switch below(5) {
        case 0:
            var welcome = WireWelcome()
            (welcome.coordinator, welcome.epoch) = (Data(boot), 1)
            return .welcome(welcome)
        case 1: return .lease(lease())
        case 2:
            var records = WireRecords()
            records.coordinator = Data(boot)
            return .records(records)
        case 3:
            var committed = WireCommitted()
            committed.jobKeys = digest()
            return .committed(committed)
        default:
            var revoke = WireRevoke()
            revoke.lease = 1
            return .revoke(revoke)
        }
    }
}
