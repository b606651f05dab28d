import Foundation
import RouteGridBase

/// One cluster of real processes under faults drawn from a seed, and what came of it.
package struct ChaosTrial {
    private let options: ChaosOptions

    package init(_ options: ChaosOptions) { self.options = options }

    /// Makes faults for the stated time, ends them, waits until all work is done, and checks everything.
    ///
    /// It blocks its thread, which must be one that lives on: the kernel ties the processes to it.
    ///
    /// - Throws: `system` when something cannot be started here; violations are in the report.
    package func run() throws -> ChaosReport {
        let cluster = try ChaosCluster(options)
        defer { cluster.close() }
        let workload = ChaosWorkload(options, url: cluster.clientURL)
        var plan = FaultPlan(seed: options.seed, workers: options.workers)
        let url = cluster.url
        let witness = LockedBox((RecordWitness(url: url), isEnded: false))
        let watching = Thread {
            // A coordinator that is down, frozen or held back is asked again.
            var own = RecordWitness(url: url)
            while !witness.withLock({ $0.isEnded }) {
                try? own.read(limit: .seconds(2))
                let copy = own
                witness.withLock { $0.0 = copy }
                usleep(100_000)
            }
        }
        watching.start()
        defer { witness.withLock { $0.isEnded = true } }

        let end = ContinuousClock.now + options.faultTime
        var (pause, fault) = plan.next()
        var next = ContinuousClock.now + .milliseconds(pause + 3_000)
        while ContinuousClock.now < end {
            try cluster.tend()
            if ContinuousClock.now >= next {
                cluster.make(fault)
                (pause, fault) = plan.next()
                next = .now + .milliseconds(pause)
            }
            usleep(10_000)
        }
        options.say("no more faults")
        workload.end()
        cluster.heal()
        let limit = ContinuousClock.now + options.healLimit
        while !workload.isOver, ContinuousClock.now < limit {
            try cluster.tend()
            usleep(10_000)
        }
        if !workload.isOver { cluster.violate("the work is not over \(options.healLimit) after the last fault") }
        witness.withLock { $0.isEnded = true }
        let seen = witness.withLock { $0.0 }
        cluster.report.violations += workload.violations
        return try ChaosVerdict(options, cluster, workload, seen: seen).report()
    }
}
