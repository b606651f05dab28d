import Foundation
import RouteGridBase

/// A coordinator, workers and an aggregator that faults are made on.
///
/// Used from one thread.
final class ChaosCluster {
    let disk: SmallDisk
    let witness = WireWitness()
    /// Of the coordinator itself, past all proxies.
    let url: String
    /// For clients, through a line that faults are made on.
    let clientURL: String
    let boards: String
    private let options: ChaosOptions
    private let coordinator: Seat
    private let aggregator: Seat
    private let workers: [Seat]
    private let lines: [FaultyProxy]
    private var due: [(at: ContinuousClock.Instant, action: () -> Void)] = []
    private var diskTrouble = ContinuousClock.now - .seconds(3_600)
    var report = ChaosReport()

    init(_ options: ChaosOptions) throws {
        self.options = options
        let logs = options.folder + "/logs"
        try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
        disk = try SmallDisk(at: options.folder + "/disk", megabytes: options.diskMegabytes)
        report.diskRefusal = disk.refusal
        let port = try LoopbackSocket.steadyPort()
        let (url, boards, program) = ("tcp://127.0.0.1:\(port)", options.folder + "/boards", options.routegrid)
        (self.url, self.boards) = (url, boards)
        let witness = witness
        let observer: FaultyProxy.Observer = { _ in witness.observer() }
        var lines: [FaultyProxy] = []
        for number in 0..<options.workers + 2 {
            lines.append(try FaultyProxy(to: port, observer: number < options.workers ? observer : nil))
        }
        self.lines = lines
        clientURL = "tcp://127.0.0.1:\(lines[options.workers + 1].port)"
        func seat(_ name: String, _ words: [String]) -> Seat { Seat(name, [program] + words, logs: logs) }
        // Faults are made on lines whose messages can be read.
        let plain = "--insecure-plaintext"
        coordinator = seat(
            "coordinator",
            [
                "coordinator", "--bind", url, "--state", disk.path + "/state", "--lease", "\(options.leaseSeconds)",
                "--verbose", plain,
            ]
        )
        workers = (0..<options.workers).map { number in
            let connect = "tcp://127.0.0.1:\(lines[number].port)"
            return seat(
                "worker-\(number)",
                [
                    "worker", "--connect", connect, "--slots", "\(options.slots)", "--drain-grace", "2", "--cache",
                    options.folder + "/cache-\(number)", plain,
                ]
            )
        }
        let connect = "tcp://127.0.0.1:\(lines[options.workers].port)"
        aggregator = seat("aggregator", ["aggregator", "--connect", connect, "--out", boards, "--every", "0.3", plain])
    }

    private var seats: [Seat] { [coordinator] + workers + [aggregator] }

    /// Starts what is to be started and ends faults whose time is over.
    func tend() throws {
        let now = ContinuousClock.now
        for item in due where item.at <= now { item.action() }
        due.removeAll { $0.at <= now }
        if disk.isFull { diskTrouble = now }
        for seat in seats {
            // A coordinator cannot begin its epoch on a full disk: it ends with that error and is started again.
            let isPardoned = seat === coordinator && now - diskTrouble < .seconds(5)
            if let violation = try seat.tend(pardon: { $0 == 75 && isPardoned }) { violate(violation) }
        }
    }

    func violate(_ text: String) {
        report.violations.append(text)
        options.say("violation: \(text)")
    }

    // MARK: Faults

    func make(_ fault: Fault) {
        let isMade = make(fault: fault)
        options.say(isMade ? "\(fault)" : "\(fault): nothing to act on")
        if !isMade { report.idleFaults += 1 }
    }

    private func make(fault: Fault) -> Bool {
        switch fault {
        case .kill(.slot(let worker, let draw), _):
            guard let slot = slot(of: worker, draw) else { return false }
            kill(slot, SIGKILL)
            report.kills += 1
        case .kill(let victim, let pause):
            guard seat(victim)?.kill(downFor: .milliseconds(pause)) == true else { return false }
            report.kills += 1
        case .restart(let victim):
            guard seat(victim)?.terminate() == true else { return false }
            report.restarts += 1
        case .freeze(.slot(let worker, let draw), let time):
            guard let slot = slot(of: worker, draw) else { return false }
            kill(slot, SIGSTOP)
            report.freezes += 1
            after(time) { kill(slot, SIGCONT) }
        case .freeze(let victim, let time):
            guard let seat = seat(victim), let frozen = seat.freeze() else { return false }
            report.freezes += 1
            after(time) { seat.thaw(frozen) }
        case .slow(let line, let delay, let time):
            var policy = FaultyProxy.Policy()
            policy.delay = .milliseconds(delay)
            set(policy, line, time, isCutAfterwards: false)
        case .hold(let line, let direction, let time, let isCut):
            var policy = FaultyProxy.Policy()
            (policy.holdsUp, policy.holdsDown) = (direction != .down, direction != .up)
            set(policy, line, time, isCutAfterwards: isCut)
        case .cut(let line):
            lines[line].reset()
            report.networkFaults += 1
        case .fillDisk(let time):
            guard disk.refusal == nil, !disk.isFull else { return false }
            disk.fill()
            report.fullDisks += 1
            after(time) { self.disk.free() }
        }
        return true
    }

    private func set(_ policy: FaultyProxy.Policy, _ line: Int, _ time: Int, isCutAfterwards: Bool) {
        let proxy = lines[line]
        proxy.set(policy)
        report.networkFaults += 1
        after(time) {
            proxy.set(FaultyProxy.Policy())
            if isCutAfterwards { proxy.reset() }
        }
    }

    private func after(_ milliseconds: Int, _ action: @escaping () -> Void) {
        due.append((.now + .milliseconds(milliseconds), action))
    }

    private func seat(_ victim: Fault.Victim) -> Seat? {
        switch victim {
        case .coordinator: coordinator
        case .aggregator: aggregator
        case .worker(let number): workers[number]
        case .slot: nil
        }
    }

    private func slot(of worker: Int, _ draw: Int) -> pid_t? {
        guard let children = workers[worker].process?.children, !children.isEmpty else { return nil }
        return children[draw % children.count]
    }

    // MARK: The end

    /// Ends every fault at once.
    func heal() {
        for item in due { item.action() }
        due = []
        disk.free()
        for line in lines { line.set(FaultyProxy.Policy()) }
        for seat in seats { seat.thaw() }
    }

    /// Stops all processes in order; what does not end with 143 is a violation.
    func stop() {
        for seat in [aggregator] + workers + [coordinator] {
            guard let status = seat.retire(within: .seconds(60)), status != 128 + SIGTERM else { continue }
            violate("\(seat.name) ended with \(status) when it was stopped")
        }
    }

    func close() { for line in lines { line.stop() } }
}
