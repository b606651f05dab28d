extension Allocator {
    /// Takes the ends of jobs into account, each once.
    ///
    /// Only an end before the worker greeted says something about a node: an idle exit, a cancellation, a preemption
    /// and the end of a walltime are what jobs are for.
    mutating func judge() {
        var ended: [KnownJob] = []
        for (id, job) in jobs where !job.isJudged && job.state.isOver {
            jobs[id]?.isJudged = true
            let isSick = job.state == .failed || job.state == .timedOut
            if isSick, !job.hasGreeted { ended.append(job) }
        }
        guard let last = ended.max(by: { $0.id < $1.id }) else { return }
        for job in ended.sorted(by: { $0.id < $1.id }) { blame(job) }
        let time = AllocatorSettings.backoff(
            settings.interval,
            repetitions: sickRounds,
            longest: settings.longestPause
        )
        sickRounds += 1
        let node = last.node ?? "an unknown node"
        pause = Pause(
            reason: "job \(last.id) on \(node) ended before its worker greeted: \(last.reason)",
            until: max(now + time, pause?.until ?? now),
            isForSickness: true
        )
    }

    private mutating func blame(_ job: KnownJob) {
        guard let name = job.node else { return }
        let failures = sickNodes[name]?.failures ?? 0
        let time = AllocatorSettings.backoff(
            settings.nodePause,
            repetitions: failures,
            longest: settings.longestNodePause
        )
        sickNodes[name] = SickNode(failures: failures + 1, until: now + time, reason: "job \(job.id): \(job.reason)")
    }

    /// A worker greeted from a node: it is well, and so is what jobs run.
    mutating func greeted(on node: String?) {
        if let node { sickNodes[node] = nil }
        sickRounds = 0
        if pause?.isForSickness == true { pause = nil }
    }

    /// The nodes to leave out, in order; of all nodes, the one that was left out first may be tried again.
    func excluded(of nodes: Set<String>) -> [String] {
        var names = sickNodes.filter { $0.value.until > now }.keys.sorted()
        if !nodes.isEmpty, nodes.isSubset(of: names) {
            let next = nodes.min { left, right in
                (sickNodes[left]?.until ?? 0, left) < (sickNodes[right]?.until ?? 0, right)
            }
            names.removeAll { $0 == next }
        }
        return names
    }
}
