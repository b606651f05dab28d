import RouteGridBase

/// When a message arrives, if at all, and how often.
struct SimulatedNetwork {
    private let scenario: Scenario
    private var random: Xoshiro256
    /// Partitioned workers: until when, and whether their messages are lost or delayed.
    private var cut: [Int: (until: Int64, loses: Bool)] = [:]
    /// The last arrival at each end, where order is preserved.
    private var lastArrival: [Int: Int64] = [:]
    var isFaulty = true

    init(_ scenario: Scenario, random: Xoshiro256) {
        self.scenario = scenario
        self.random = random
    }

    mutating func cutOff(_ workers: Set<Int>, until: Int64, loses: Bool) {
        for worker in workers { cut[worker] = (until, loses) }
    }

    mutating func heal() {
        cut = [:]
        isFaulty = false
    }

    /// The arrival times of a message that is sent now between the coordinator and a worker.
    mutating func arrivals(worker: Int, toWorker: Bool, now: Int64) -> [Int64] {
        var start = now
        if let partition = cut[worker] {
            if now >= partition.until {
                cut[worker] = nil
            } else if partition.loses {
                return []
            } else {
                start = partition.until
            }
        }
        if scenario.isConnected { return [arrival(after: start, worker: worker, toWorker: toWorker)] }
        if isFaulty, random.uniform() < scenario.lossRate { return [] }
        var found = [arrival(after: start, worker: worker, toWorker: toWorker)]
        if isFaulty, random.uniform() < scenario.duplicateRate {
            found.append(arrival(after: start, worker: worker, toWorker: toWorker))
        }
        return found
    }

    private mutating func arrival(after start: Int64, worker: Int, toWorker: Bool) -> Int64 {
        var time = start + 1 + Int64(random.below(4))
        if isFaulty, random.uniform() < scenario.slowRate { time += Int64(random.below(scenario.slowest)) }
        guard scenario.isConnected else { return time }
        let connection = worker * 2 + (toWorker ? 1 : 0)
        time = max(time, lastArrival[connection] ?? 0)
        lastArrival[connection] = time
        return time
    }
}
