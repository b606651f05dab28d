import RouteGridBase

/// What is done to a process or a line of a cluster in a trial.
package enum Fault: Sendable, CustomStringConvertible {
    package enum Victim: Hashable, Sendable, CustomStringConvertible {
        case coordinator, aggregator
        case worker(Int)
        /// A process of a worker's slots, drawn by the number among those that there are.
        case slot(worker: Int, draw: Int)

        package var description: String {
            switch self {
            case .coordinator: "coordinator"
            case .aggregator: "aggregator"
            case .worker(let number): "worker \(number)"
            case .slot(let worker, let draw): "slot \(draw) of worker \(worker)"
            }
        }
    }

    package enum Direction: String, Sendable { case up, down, both }

    /// SIGKILL; started again after a while. (Slots are their workers' to start again.)
    case kill(Victim, downFor: Int)
    /// SIGTERM, and started again when it has ended.
    case restart(Victim)
    /// SIGSTOP, and SIGCONT after a while.
    case freeze(Victim, milliseconds: Int)
    /// Everything on a line is late.
    case slow(line: Int, delay: Int, milliseconds: Int)
    /// A line carries nothing in a direction, without an error at its ends; afterwards it goes on, or is cut.
    case hold(line: Int, Direction, milliseconds: Int, isCutAfterwards: Bool)
    /// All connections of a line are cut.
    case cut(line: Int)
    /// The disk of the state folder is filled to its last byte.
    case fillDisk(milliseconds: Int)

    package var description: String {
        switch self {
        case .kill(let victim, let pause): "kill -9 \(victim), down for \(pause) ms"
        case .restart(let victim): "restart \(victim)"
        case .freeze(let victim, let time): "freeze \(victim) for \(time) ms"
        case .slow(let line, let delay, let time): "line \(line) late by \(delay) ms for \(time) ms"
        case .hold(let line, let direction, let time, let isCut):
            "line \(line) silent (\(direction.rawValue)) for \(time) ms\(isCut ? ", then cut" : "")"
        case .cut(let line): "cut line \(line)"
        case .fillDisk(let time): "disk full for \(time) ms"
        }
    }
}

/// The sequence of faults of one seed: the same whatever comes of them.
package struct FaultPlan: Sendable {
    private var random: Xoshiro256
    private let workers: Int
    /// Lines by number: the workers', then the aggregator's, then the clients'.
    private var lines: Int { workers + 2 }

    package init(seed: UInt64, workers: Int) {
        random = Xoshiro256(seed: HashedText.digest(["routegrid/chaos/1", String(seed)]))
        self.workers = workers
    }

    /// The next fault, and the milliseconds to wait before it.
    package mutating func next() -> (pause: Int, fault: Fault) {
        let pause = 300 + random.below(1_700)
        let fault: Fault
        switch random.below(100) {
        case 0..<44: fault = .kill(victim(), downFor: random.below(4) == 0 ? 500 + random.below(3_000) : 0)
        case 44..<50: fault = .restart(victim(slots: false))
        case 50..<64: fault = .freeze(victim(), milliseconds: time(longest: 8_000))
        case 64..<72: fault = .slow(line: line(), delay: 20 + random.below(600), milliseconds: time(longest: 6_000))
        case 72..<86:
            let direction = [Fault.Direction.up, .down, .both][random.below(3)]
            let isCut = random.below(2) == 0
            fault = .hold(line: line(), direction, milliseconds: time(longest: 9_000), isCutAfterwards: isCut)
        case 86..<96: fault = .cut(line: line())
        default: fault = .fillDisk(milliseconds: time(longest: 5_000))
        }
        return (pause, fault)
    }

    private mutating func victim(slots: Bool = true) -> Fault.Victim {
        let kind = random.below(slots ? 100 : 70)
        let (worker, draw) = (random.below(workers), random.below(8))
        switch kind {
        case 0..<22: return .coordinator
        case 22..<60: return .worker(worker)
        case 60..<70: return .aggregator
        default: return .slot(worker: worker, draw: draw)
        }
    }

    private mutating func line() -> Int { random.below(lines) }

    /// Short times are common, long ones are not rare.
    private mutating func time(longest: Int) -> Int {
        100 + (random.below(3) > 0 ? random.below(1_500) : random.below(longest))
    }
}
