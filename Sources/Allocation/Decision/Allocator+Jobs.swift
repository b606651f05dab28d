extension Allocator {
    /// Takes an answer of the queue.
    mutating func note(_ queue: [SlurmJob], connected: Set<String>) {
        for job in queue { note(job, isConnected: connected.contains(job.id)) }
        let listed = Set(queue.map(\.id))
        // Cancelled tasks that never started are listed under the number of their array.
        let cancelled = Set(queue.filter { $0.state == .cancelled && !$0.id.contains("_") }.map(\.id))
        for (id, job) in jobs where !listed.contains(id) {
            let isInCancelled = job.state == .waiting && cancelled.contains(String(id.prefix { $0 != "_" }))
            if job.isCancelled || isInCancelled {
                jobs[id] = nil
            } else if connected.contains(id) {
                // Its worker is the truth.
                jobs[id]?.hasGreeted = true
                jobs[id]?.state = .started
                jobs[id]?.isBack()
            } else {
                age(id)
                // Nothing is left to remember.
                if jobs[id]?.counts(at: now, settings) == false { jobs[id] = nil }
            }
        }
        for place in doubts.indices { doubts[place].rounds += 1 }
        doubts.removeAll { doubt in
            let hadTime = doubt.rounds >= settings.absentRounds && now - doubt.since >= settings.absence
            return doubt.count <= 0 || hadTime
        }
    }

    private mutating func note(_ listed: SlurmJob, isConnected: Bool) {
        if jobs[listed.id] == nil { adopt(listed) }
        guard var job = jobs[listed.id] else { return }
        // Requeued: it begins anew.
        if listed.state == .waiting, job.state != .waiting { (job.hasGreeted, job.isJudged) = (false, false) }
        (job.state, job.isCancelled) = (listed.state, false)
        job.reason = listed.reason
        job.node = listed.node ?? (listed.state == .waiting ? nil : job.node)
        let isGreeting = isConnected && !job.hasGreeted
        if isGreeting { job.hasGreeted = true }
        jobs[job.id] = job
        if isGreeting { greeted(on: job.node) }
        switch job.state {
        // It may stay in this state for long, or come back from it.
        case .ending, .lost: age(job.id)
        default: jobs[job.id]?.isBack()
        }
    }

    /// A job that was not known: of before a restart, or of a submission that got no answer.
    private mutating func adopt(_ listed: SlurmJob) {
        var job = KnownJob(id: listed.id, state: listed.state)
        job.isJudged = listed.state != .waiting
        jobs[listed.id] = job
        guard !listed.state.isOver, let place = doubts.firstIndex(where: { $0.count > 0 }) else { return }
        doubts[place].count -= 1
    }

    private mutating func age(_ id: String) {
        if jobs[id]?.absentSince == nil { jobs[id]?.absentSince = now }
        jobs[id]?.absentRounds += 1
    }
}
