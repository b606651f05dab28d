import RouteGridBase
import Scheduling

/// The sizes and rates of one history, all drawn from its seed.
struct Scenario {
    var workers: Int
    var slots: Int
    var ahead: Int
    var configuration = Scheduler.Configuration()
    var faultsEnd: Int64
    /// Shares of messages, while faults are active.
    var lossRate = 0.0
    var duplicateRate = 0.0
    var slowRate = 0.0
    /// The longest delay of a slow message, in ms.
    var slowest = 10
    /// Whether messages are delivered as ZeroMQ delivers them over TCP: in order, and lost only when a connection
    /// breaks.
    ///
    /// Workers then send each message once, and again only after a new hello; otherwise they repeat it with every
    /// heartbeat.
    var isConnected = true
    var commitMilliseconds = 2...6
    /// The share of cells that do not simply succeed.
    var badRate = 0.0
    /// The share of executions with another result than the key's.
    var divergenceRate = 0.0
    var faults: [(at: Int64, fault: Fault)] = []
    /// Whether all failures are retried on request once the faults have ended.
    var retriesAtEnd = false
    /// How many events are handled between two checks of the scheduler's invariants.
    var checkEvery = 1

    init(_ options: SimulationOptions, using random: inout Xoshiro256) {
        let size = random.below(100)
        let most = size < 60 ? 4 : size < 92 ? 12 : 60
        workers = options.workers ?? 1 + random.below(most)
        slots = 1 + random.below(3)
        ahead = random.below(3)
        faultsEnd = options.faultMilliseconds ?? Int64(4_000 + random.below(size < 92 ? 16_000 : 30_000))
        configuration.leaseMilliseconds = random.below(2) == 0 ? 5_000 : 2_500
        configuration.maximumCells = [1, 4, 16, 256][random.below(4)]
        configuration.resolveGroups = workers > 1_000 ? 256 : [1, 3, 16, 256][random.below(4)]
        configuration.readyCells = workers > 1_000 ? 16_384 : [1, 40, 16_384][random.below(3)]
        checkEvery = workers <= 4 ? 1 : workers <= 12 ? 3 : workers <= 100 ? 50 : 100_003
        let isCalm = random.below(10) == 0
        if isCalm { return }
        lossRate = [0, 0, 0.01, 0.1][random.below(4)]
        duplicateRate = [0, 0, 0.02, 0.2][random.below(4)]
        slowRate = [0, 0.01, 0.2][random.below(3)]
        slowest = [50, 500, 4_000][random.below(3)]
        isConnected = random.below(2) == 0
        commitMilliseconds = [2...6, 20...200, 1...1][random.below(3)]
        badRate = [0, 0.05, 0.3][random.below(3)]
        divergenceRate = [0, 0, 0.05][random.below(3)]
        retriesAtEnd = random.below(2) == 0
        faults = Fault.draw(for: self, options, using: &random)
    }
}
