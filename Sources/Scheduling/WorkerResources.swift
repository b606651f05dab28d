package import RouteGridBase

/// What a fit needs of its worker, or what a worker has: cores, GPUs and bytes of memory.
package struct WorkerResources: Hashable, Sendable {
    package var cpus: Int
    package var gpus: Int
    package var memory: UInt64

    /// Without arguments: what a fit needs that says nothing.
    package init(cpus: Int = 1, gpus: Int = 0, memory: UInt64 = 0) {
        self.cpus = cpus
        self.gpus = gpus
        self.memory = memory
    }

    /// Whether a worker with these can compute what has these needs, when it computes nothing else.
    ///
    /// One core is not asked for: a slot has one, whatever the machine says.
    func serves(_ needs: WorkerResources) -> Bool {
        (needs.cpus <= 1 || needs.cpus <= cpus) && needs.gpus <= gpus && needs.memory <= memory
    }

    /// Whether fits with these needs are counted against what their worker has.
    ///
    /// Memory is not: a worker holds leases ahead, and its slots wait until there is memory for them.
    var isCounted: Bool { cpus > 1 || gpus > 0 }
}

extension Scheduler {
    /// Whether a worker has what a run needs, beside the counted leases that it holds.
    func hasRoom(_ worker: WorkerEntry, for needs: WorkerResources) -> Bool {
        guard worker.offer.serves(needs) else { return false }
        guard needs.isCounted else { return true }
        var (cpus, gpus) = (needs.cpus, needs.gpus)
        for lease in worker.leases {
            let run = leases[lease]?.run ?? audits.leases[lease]?.run
            guard let held = run.flatMap({ runs[$0]?.policy.needs }), held.isCounted else { continue }
            cpus += held.cpus
            gpus += held.gpus
        }
        return (needs.cpus <= 1 || cpus <= worker.offer.cpus) && gpus <= worker.offer.gpus
    }

    /// Why no connected worker can ever compute cells of a run; nil when one can, or none is connected.
    package func obstacle(of id: RunID) -> String? {
        guard let policy = runs[id]?.policy, !workers.isEmpty else { return nil }
        var able = workers.values.filter { $0.numerics.contains(policy.numerics) }
        if able.isEmpty { return "no connected worker can be of numerics class \(policy.numerics)" }
        able.removeAll { !policy.programs.isSubset(of: $0.programs) }
        if able.isEmpty {
            let names = policy.programs.sorted().map(SafeText.line).joined(separator: ", ")
            return "no connected worker allows the programs of its run: \(names) (--allow-exec)"
        }
        if able.contains(where: { $0.offer.serves(policy.needs) }) { return nil }
        return "no connected worker has the resources of its run: " + Self.missing(policy.needs, of: able.map(\.offer))
    }

    /// What is asked for and no worker has, with the most that one has.
    private static func missing(_ needs: WorkerResources, of offers: [WorkerResources]) -> String {
        func most<Value: Comparable>(_ value: (WorkerResources) -> Value, _ none: Value) -> Value {
            offers.map(value).max() ?? none
        }
        let (cpus, gpus, memory) = (most(\.cpus, 0), most(\.gpus, 0), most(\.memory, 0))
        var parts: [String] = []
        if needs.cpus > max(1, cpus) { parts.append("it needs \(needs.cpus) cpus, the largest worker has \(cpus)") }
        if needs.gpus > gpus { parts.append("it needs \(needs.gpus) gpus, the largest worker has \(gpus)") }
        if needs.memory > memory {
            parts.append("it needs \(needs.memory >> 20) MiB of memory, the largest worker has \(memory >> 20)")
        }
        // Each of them is there, in different workers.
        if parts.isEmpty {
            parts = ["\(needs.cpus) cpus, \(needs.gpus) gpus and \(needs.memory >> 20) MiB of memory in one worker"]
        }
        return parts.joined(separator: "; ")
    }
}
