import Allocation
import RouteGridBase
import Scheduling
import Testing

/// A Slurm of the imagination: jobs wait, start, greet, fail, are preempted, vanish for a while; answers are lost or
/// late.
struct SimulatedSlurm {
    struct Job {
        let id: String
        var state: SlurmJobState
        var node: String?
        /// Rounds until the next change.
        var clock: Int
        var hasGreeted = false
        /// Rounds for which the queue does not list it.
        var hidden = 0
    }

    var random: SplitMix
    var jobs: [Job] = []
    var next = 1
    /// Cells of one hour each.
    var work: Int
    let nodes: [String]
    let sick: Set<String>
    /// Whether anything but waiting, running and being done happens.
    var isFaulty = true

    init(seed: UInt64, work: Int) {
        random = SplitMix(state: seed)
        self.work = work
        nodes = (0..<6).map { "n\($0)" }
        sick = ["n0"]
    }

    mutating func chance(_ percent: UInt64) -> Bool { isFaulty && random.next() % 100 < percent }

    var active: Int { jobs.count { $0.state == .waiting || $0.state == .started } }

    /// What the queue lists.
    var listing: [SlurmJob] {
        jobs.filter { $0.hidden == 0 }.map { SlurmJob(id: $0.id, state: $0.state, node: $0.node) }
    }

    var cluster: ClusterView {
        let part = WorkDemand.Part(run: RunID(1), cells: work, groups: work, cellSeconds: 3_600)
        return ClusterView(
            demand: WorkDemand(parts: work > 0 ? [part] : []),
            connected: Set(jobs.filter { $0.state == .started && $0.hasGreeted }.map(\.id))
        )
    }

    mutating func submit(_ count: Int, excluding: [String]) -> [String] {
        let array = next
        next += 1
        let ids = (1...count).map { "\(array)_\($0)" }
        for id in ids {
            let delay = Int(random.next() % 5)
            jobs.append(Job(id: id, state: .waiting, clock: delay, hidden: chance(20) ? 2 : 0))
        }
        return ids
    }

    /// A round's time passes.
    mutating func step() {
        for index in jobs.indices {
            jobs[index].hidden = max(0, jobs[index].hidden - 1)
            if chance(2) { jobs[index].hidden = 2 }
            jobs[index].clock -= 1
            guard jobs[index].clock <= 0 else { continue }
            change(index)
        }
        jobs.removeAll { $0.state.isOver && $0.clock < -10 }
    }

    private mutating func change(_ index: Int) {
        switch jobs[index].state {
        case .waiting:
            let node = nodes[Int(random.next() % UInt64(nodes.count))]
            jobs[index].state = .started
            (jobs[index].node, jobs[index].clock, jobs[index].hasGreeted) = (node, 1, false)
        case .started where isFaulty && jobs[index].node.map(sick.contains) == true && !jobs[index].hasGreeted:
            jobs[index].state = .failed
        case .started where !jobs[index].hasGreeted:
            (jobs[index].hasGreeted, jobs[index].clock) = (true, 1 + Int(random.next() % 4))
        case .started where chance(10):
            // Preempted, and back in the queue.
            (jobs[index].state, jobs[index].node, jobs[index].clock) = (.waiting, nil, 2)
        case .started where work > 0:
            work -= 1
            jobs[index].clock = 1 + Int(random.next() % 4)
        case .started: jobs[index].state = .completed
        default: break
        }
    }
}

/// Steele, Lea and Flood's generator.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

struct SlurmSimulationTests {
    private static let most = 5

    /// Drives a fresh or surviving allocator through one round; returns what it broke.
    private func round(_ allocator: inout Allocator, _ slurm: inout SimulatedSlurm, at now: Double) -> String? {
        let queue = slurm.chance(15) ? nil : slurm.listing
        let cluster = slurm.chance(10) ? nil : slurm.cluster
        for action in allocator.round(at: now, queue: queue, cluster: cluster) {
            switch action {
            case .cancel(let ids):
                for id in ids {
                    guard let place = slurm.jobs.firstIndex(where: { $0.id == id }) else { return "no job \(id)" }
                    guard slurm.jobs[place].state == .waiting else { return "\(id) has started" }
                    if !slurm.chance(20) { slurm.jobs[place].state = .cancelled }
                }
            case .submit(let count, let excluding):
                if count > Self.most { return "\(count) at once" }
                if slurm.chance(20) {
                    allocator.submitted(.refused("no"))
                } else {
                    let ids = slurm.submit(count, excluding: excluding)
                    allocator.submitted(slurm.chance(20) ? .unknown("no answer") : .accepted(ids))
                }
            }
        }
        if slurm.active > Self.most { return "\(slurm.active) jobs" }
        return nil
    }

    /// Never more jobs than the most, no started job cancelled, all work done in the end, nobody left.
    @Test func `no history breaks a rule, and each converges`() {
        for seed in 0..<150 as Range<UInt64> {
            var slurm = SimulatedSlurm(seed: seed, work: 30)
            var settings = AllocatorSettings(wanted: WorkersWanted(bounds: 0...Self.most, lifetime: 3_600))
            settings.longestPause = 120
            var allocator = Allocator(settings: settings)
            var now = 0.0
            var broken: String?
            for number in 0..<600 where broken == nil {
                now += 30
                if number == 300 { slurm.isFaulty = false }
                // Killed and started again on what it had left.
                if slurm.chance(3) {
                    let report = AllocatorReport(jobName: "rg", connect: "", process: 1).json(allocator)
                    allocator = Allocator(settings: settings)
                    allocator.restore(from: report)
                }
                broken = round(&allocator, &slurm, at: now)
                slurm.step()
            }
            #expect(broken == nil, "seed \(seed) at \(now): \(broken ?? "")")
            #expect(slurm.work == 0 && slurm.active == 0, "seed \(seed): \(slurm.work) left, \(slurm.active) jobs")
            guard broken == nil else { return }
        }
    }
}
