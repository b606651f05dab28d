import Allocation
import RouteGridBase
import Scheduling
import Testing

struct AllocatorTests {
    @Test func `what is missing is submitted once, within the bounds`() {
        var bench = AllocatorBench(bounds: 1...4)
        bench.submit(7, 1)
        #expect(bench.round().isEmpty)
        bench.want(2)
        bench.submit(8, 1)
        bench.want(99)
        bench.submit(9, 2)
        #expect(bench.round().isEmpty && bench.allocator.count == 4 && bench.allocator.wanted == 4)
    }

    @Test func `jobs that the queue does not list yet are not submitted again`() {
        var bench = AllocatorBench()
        bench.want(2)
        bench.submit(7, 2)
        let listed = bench.queue
        bench.queue = []
        #expect(bench.round().isEmpty)
        bench.queue = listed
        #expect(bench.round().isEmpty)
    }

    @Test func `limits of batch and of waiting jobs`() {
        var bench = AllocatorBench(bounds: 0...50) { ($0.batch, $0.maximumQueued) = (10, 15) }
        bench.want(50)
        bench.submit(1, 10)
        bench.submit(2, 5)
        #expect(bench.round().isEmpty)
        for task in 1...10 { bench.set("1_\(task)", .started, on: "n\(task)") }
        bench.submit(3, 10)
    }

    @Test func `a failed query changes nothing`() {
        var bench = AllocatorBench()
        bench.want(2)
        bench.submit(7, 2)
        bench.set("7_1", .started, on: "n1", greeted: true)
        _ = bench.round()
        let before = bench.allocator.jobs
        bench.queue = []
        bench.want(4)
        for _ in 0..<20 { #expect(bench.round(queueFails: true).isEmpty) }
        #expect(bench.allocator.jobs == before)
        for _ in 0..<20 { #expect(bench.round(clusterFails: true).isEmpty) }
    }

    @Test func `only a surplus that lasts is cancelled, of waiting jobs, the newest first`() {
        var bench = AllocatorBench()
        bench.want(4)
        bench.submit(7, 4)
        bench.set("7_1", .started, on: "n1")
        bench.want(2)
        #expect(bench.round().isEmpty && bench.round().isEmpty)
        #expect(bench.round() == [.cancel(["7_4", "7_3"])])
        // Slurm lists cancelled tasks of an array under the array's number.
        bench.queue.removeAll { ["7_3", "7_4"].contains($0.id) }
        #expect(bench.round().isEmpty && bench.allocator.count == 2)
        bench.want(0)
        bench.set("7_2", .started, on: "n2")
        for _ in 0..<20 { #expect(bench.round().isEmpty) }
    }

    @Test func `a surplus above the most is cancelled at once`() {
        var bench = AllocatorBench(bounds: 0...2)
        bench.want(2)
        bench.queue = ["3_1", "3_2", "3_10", "4_1"].map { SlurmJob(id: $0, state: .waiting) }
        #expect(bench.round() == [.cancel(["4_1", "3_10"])])
    }

    @Test func `a cancellation that failed is repeated`() {
        var bench = AllocatorBench(bounds: 0...1)
        bench.want(1)
        bench.queue = ["3_1", "3_2"].map { SlurmJob(id: $0, state: .waiting) }
        for _ in 0..<3 { #expect(bench.round() == [.cancel(["3_2"])]) }
    }

    @Test func `cancelled tasks of an array make room at once`() {
        var bench = AllocatorBench()
        bench.want(3)
        bench.submit(7, 3)
        bench.queue = [SlurmJob(id: "7_1", state: .waiting), SlurmJob(id: "7", state: .cancelled)]
        #expect(bench.round() == [.submit(2, excluding: [])])
    }

    @Test func `a job that vanished counts until it had the time to come back`() {
        var bench = AllocatorBench()
        bench.want(1)
        bench.submit(7, 1)
        bench.set("7_1", .started, on: "n1")
        _ = bench.round()
        bench.queue = []
        // Five minutes from the first round without it.
        for _ in 0..<10 { #expect(bench.round().isEmpty) }
        #expect(bench.round() == [.submit(1, excluding: [])])
    }

    @Test func `a job whose worker is connected is there, whatever the queue lists`() {
        var bench = AllocatorBench()
        bench.want(1)
        bench.submit(7, 1)
        bench.set("7_1", .started, on: "n1", greeted: true)
        bench.queue = []
        for _ in 0..<40 { #expect(bench.round().isEmpty) }
    }

    @Test(arguments: [SlurmJobState.lost, .ending]) func `a preempted job comes back`(state: SlurmJobState) {
        var bench = AllocatorBench()
        bench.want(1)
        bench.submit(7, 1)
        bench.set("7_1", .started, on: "n1", greeted: true)
        _ = bench.round()
        bench.set("7_1", state, on: "n1", greeted: false)
        for _ in 0..<5 { #expect(bench.round().isEmpty) }
        bench.set("7_1", .waiting)
        for _ in 0..<20 { #expect(bench.round().isEmpty) }
        // Or it does not.
        bench.set("7_1", state, on: "n1")
        for _ in 0..<10 { #expect(bench.round().isEmpty) }
        #expect(bench.round() == [.submit(1, excluding: [])])
        #expect(bench.allocator.sickNodes.isEmpty)
    }

    @Test(arguments: [SlurmJobState.completed, .cancelled]) func `such an end teaches nothing`(state: SlurmJobState) {
        var bench = AllocatorBench()
        bench.want(2)
        bench.submit(7, 2)
        bench.set("7_1", state, on: "n1")
        #expect(bench.round() == [.submit(1, excluding: [])])
        #expect(bench.allocator.sickNodes.isEmpty && bench.allocator.pause == nil)
    }

    @Test func `jobs of before a restart are adopted by their name`() {
        var bench = AllocatorBench()
        bench.want(3)
        bench.queue = [
            SlurmJob(id: "5_1", state: .started, node: "n1"), SlurmJob(id: "5_2", state: .waiting),
            SlurmJob(id: "4_1", state: .failed, node: "n2"),
        ]
        #expect(bench.round() == [.submit(1, excluding: [])])
        // Nobody knows whether their workers had greeted.
        bench.set("5_1", .failed, on: "n1")
        #expect(bench.round() == [.submit(2, excluding: [])])
        #expect(bench.allocator.sickNodes.isEmpty)
    }

    @Test func `slots of workers are learnt from those that greeted`() {
        var bench = AllocatorBench(bounds: 0...10)
        bench.want(8)
        bench.submit(7, 8)
        bench.cluster.ownSlots = [4]
        _ = bench.round()
        #expect(bench.allocator.wanted == 2)
        bench.cluster.ownSlots = []
        bench.cluster.otherSlots = 4
        _ = bench.round()
        #expect(bench.allocator.wanted == 1)
    }

    @Test func `runs of another numerics class than its workers' ask for nobody`() {
        var bench = AllocatorBench()
        bench.want(2)
        bench.submit(7, 2)
        bench.cluster.numerics = ["other"]
        _ = bench.round()
        #expect(bench.allocator.wanted == 0)
    }

    @Test func `nothing is submitted while the store takes no results`() {
        var bench = AllocatorBench()
        bench.want(2)
        bench.cluster.demand.isStalled = true
        #expect(bench.round().isEmpty)
        bench.cluster.demand.isStalled = false
        bench.submit(7, 2)
    }
}

struct AllocatorSubmissionTests {
    /// Rounds until the next submission.
    private func wait(_ bench: inout AllocatorBench, limit: Int = 200) -> Int {
        for count in 1...limit where !bench.round().isEmpty { return count }
        return 0
    }

    @Test func `after failures it waits longer and longer, and tries again for ever`() {
        var bench = AllocatorBench()
        bench.want(1)
        var waits: [Int] = []
        for _ in 0..<9 {
            waits.append(wait(&bench))
            bench.allocator.submitted(.refused("Batch job submission failed: Invalid partition"))
        }
        #expect(waits == [1, 1, 2, 4, 8, 16, 32, 60, 60])
        #expect(bench.allocator.submissionFailures == 9)
        #expect(bench.allocator.submissionError?.contains("Invalid partition") == true)
        #expect(bench.allocator.pause?.reason.contains("Invalid partition") == true)
        _ = wait(&bench)
        bench.allocator.submitted(.accepted(["3_1"]))
        #expect(bench.allocator.submissionError == nil && bench.allocator.submissionFailures == 0)
        #expect(bench.allocator.pause == nil)
    }

    @Test(
        arguments: [
            "Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
            "QOSMaxSubmitJobPerUserLimit", "AssocMaxSubmitJobLimit",
        ]
    )
    func `a limit of the site is no failure`(text: String) {
        var bench = AllocatorBench()
        bench.want(1)
        var waits: [Int] = []
        for _ in 0..<7 {
            waits.append(wait(&bench))
            bench.allocator.submitted(.refused(text))
        }
        #expect(waits == [1, 1, 2, 4, 8, 16, 20])
        #expect(bench.allocator.submissionFailures == 0 && bench.allocator.submissionError == text)
    }

    @Test func `a submission without an answer counts until the queue had time to show its jobs`() {
        var bench = AllocatorBench()
        bench.want(2)
        #expect(bench.round() == [.submit(2, excluding: [])])
        bench.allocator.submitted(.unknown("Socket timed out"))
        for _ in 0..<5 { #expect(bench.round().isEmpty) }
        #expect(bench.allocator.count == 2)
        bench.queue = [SlurmJob(id: "9_1", state: .waiting)]
        for _ in 0..<4 { #expect(bench.round().isEmpty) }
        #expect(bench.allocator.count == 2)
        #expect(bench.round() == [.submit(1, excluding: [])])
    }
}

struct SickNodeTests {
    /// A job of its own that fails on a node before its worker greets.
    private func fail(_ bench: inout AllocatorBench, _ id: String, on node: String) {
        bench.allocator.submitted(.accepted([id]))
        bench.set(id, .failed, on: node)
    }

    @Test func `a node on which a job ends before its worker greets is left out, and others are used`() {
        var bench = AllocatorBench()
        bench.want(1)
        #expect(bench.round() == [.submit(1, excluding: [])])
        fail(&bench, "1_1", on: "bad")
        #expect(bench.round().isEmpty)
        #expect(bench.allocator.sickNodes["bad"]?.failures == 1)
        #expect(bench.allocator.pause?.reason.contains("bad") == true)
        #expect(bench.round() == [.submit(1, excluding: ["bad"])])
        bench.allocator.submitted(.accepted(["2_1"]))
        bench.set("2_1", .started, on: "good", greeted: true)
        // An end is taken into account once.
        for _ in 0..<10 { #expect(bench.round().isEmpty) }
        #expect(bench.allocator.sickNodes["bad"]?.failures == 1)
    }

    @Test func `each failure doubles how long it is left out, a greeting ends it`() {
        var bench = AllocatorBench()
        bench.want(1)
        _ = bench.round()
        fail(&bench, "1_1", on: "bad")
        _ = bench.round()
        #expect(bench.allocator.sickNodes["bad"]?.until == bench.now + 600)
        fail(&bench, "2_1", on: "bad")
        _ = bench.round()
        #expect(bench.allocator.sickNodes["bad"]?.until == bench.now + 1_200)
        bench.allocator.submitted(.accepted(["3_1"]))
        bench.set("3_1", .started, on: "bad", greeted: true)
        _ = bench.round()
        #expect(bench.allocator.sickNodes.isEmpty && bench.allocator.pause == nil)
        // It greeted: what it ends with says nothing about the node.
        bench.set("3_1", .failed, on: "bad", greeted: false)
        #expect(bench.round() == [.submit(1, excluding: [])])
        #expect(bench.allocator.sickNodes.isEmpty)
    }

    @Test func `while nobody greets it waits longer and longer`() {
        var bench = AllocatorBench()
        bench.want(1)
        var waits: [Int] = []
        for job in 0..<8 {
            var count = 1
            while bench.round().isEmpty { count += 1 }
            waits.append(count)
            fail(&bench, "\(job)_1", on: "n\(job)")
        }
        #expect(waits == [1, 2, 3, 5, 9, 17, 33, 61])
    }

    @Test func `of all nodes one is tried again`() {
        var bench = AllocatorBench()
        bench.nodes = ["a", "b"]
        bench.want(1)
        _ = bench.round()
        fail(&bench, "1_1", on: "a")
        _ = bench.round()
        #expect(bench.round() == [.submit(1, excluding: ["a"])])
        fail(&bench, "2_1", on: "b")
        for _ in 0..<2 { #expect(bench.round().isEmpty) }
        #expect(bench.round() == [.submit(1, excluding: ["b"])])
    }

    @Test func `an end while no coordinator answered says nothing about a node`() {
        var bench = AllocatorBench()
        bench.want(1)
        bench.submit(7, 1)
        bench.set("7_1", .started, on: "n1")
        _ = bench.round(clusterFails: true)
        bench.set("7_1", .failed, on: "n1")
        #expect(bench.round() == [.submit(1, excluding: [])])
        #expect(bench.allocator.sickNodes.isEmpty)
    }

    @Test func `a job that Slurm holds after a failed launch is replaced`() {
        var bench = AllocatorBench()
        bench.want(1)
        bench.submit(7, 1)
        bench.queue = [SlurmJob(id: "7_1", state: .waiting, reason: "launch failed requeued held")]
        #expect(bench.round() == [.cancel(["7_1"])])
        bench.queue = []
        #expect(bench.round() == [.submit(1, excluding: [])])
    }

    @Test func `what an earlier allocator left out is left out after a restart`() throws {
        var bench = AllocatorBench()
        bench.want(1)
        _ = bench.round()
        fail(&bench, "1_1", on: "bad")
        _ = bench.round()
        let report = AllocatorReport(jobName: "rg-x", connect: "tcp://head:1", process: 1).json(bench.allocator)
        var next = AllocatorBench()
        next.allocator.restore(from: try JSONValue(parsing: report.jsonText, place: "state"))
        next.want(1)
        #expect(next.round() == [.submit(1, excluding: ["bad"])])
    }
}
