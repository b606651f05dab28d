import Foundation
import Grid
import Logging
import RouteGridBase
import Scheduling
import Wire
import ZeroMQ

extension CoordinatorServer {
    /// What arrived together with an event and concerns the execution of its commands alone.
    enum Attachment {
        /// The end of standard error of what failed.
        case failureLog([UInt8])
        /// Keys that a submission has looked up already.
        case resolvedGroups(PreresolvedGroups)
    }

    /// Passes an event to the scheduler and executes its commands.
    func handle(_ event: SchedulerEvent, with attachment: Attachment? = nil) {
        for command in scheduler.handle(event, at: now) { perform(command, attachment) }
    }

    private func perform(_ command: SchedulerCommand, _ attachment: Attachment?) {
        switch command {
        case .resolve(let run, let groups):
            var known: [ResolvedGroup] = []
            if case .resolvedGroups(let resolved) = attachment { known = resolved.first(of: groups, in: run) }
            resolve(run, groups, known: known)
        case .grant(let worker, let lease, let fence, let run, let group, let cells):
            grant(LeaseOrder(worker: worker, lease: lease, fence: fence, run: run, group: group, cells: cells))
        case .select(let run): select(run)
        case .revoke(let worker, let lease, let fence, let cells):
            if let route = peers.route(of: worker) { send(.revoke(lease, fence, cells), to: route) }
        case .record(let run, let cell, let exception):
            var log: [UInt8]?
            if case .failureLog(let tail) = attachment, exception != nil { log = tail }
            persist(.exception(run, cell: cell, exception, log: log))
            if let exception, exception.state != .retrying {
                metrics.failed(run, cell: cell, exception, worker: failureReporter, log: log ?? [], at: now)
            }
        case .runChanged(let run, let state, let reason):
            persist(.runState(run, state, reason: reason))
            served[run]?.reason = reason
            log.info("run changed", metadata: ["run": "\(run)", "state": "\(state.rawValue)", "reason": "\(reason)"])
        case .workerLost(let worker):
            counters.workersLost += 1
            log.warning("worker lost", metadata: ["worker": "\(peers.peer(of: worker)?.name ?? "\(worker)")"])
            peers.forget(worker)
        }
    }

    /// Computes the keys of groups and looks them up, off the loop; the first of them may be known.
    private func resolve(_ run: RunID, _ wanted: Range<Int>, known: [ResolvedGroup]) {
        guard let lock = served[run]?.lock else { return }
        let groups = wanted.dropFirst(known.count)
        // After the other commands of the same event.
        if !known.isEmpty { loop.submit { self.assumeIsolated { $0.resolved(run, .success(known)) } } }
        guard !groups.isEmpty else { return }
        access.read { store throws(RouteGridError) in
            var found: [ResolvedGroup] = []
            for group in groups {
                let jobs = lock.jobs(ofGroup: group)
                let recorded = try store.recorded(jobs.map(\.jobKey))
                found.append(ResolvedGroup(group: group, jobs: jobs, recorded: recorded))
            }
            return found
        } then: { outcome in
            self.assumeIsolated { $0.resolved(run, outcome) }
        }
    }

    private func resolved(_ run: RunID, _ outcome: Result<[ResolvedGroup], RouteGridError>) {
        switch outcome {
        case .success(let found):
            var reused: [CellID] = []
            for item in found {
                var (unrecorded, recorded): ([CellID], [CellID]) = ([], [])
                for (job, isRecorded) in zip(item.jobs, item.recorded) where scheduler.isOpen(job.cell, in: run) {
                    let isThere = isRecorded && (purgedKeys.isEmpty || !purgedKeys.contains(job.jobKey))
                    if isThere { recorded.append(job.cell) } else { unrecorded.append(job.cell) }
                }
                reused += recorded
                if !unrecorded.isEmpty { cache.insert(item.jobs, group: item.group, run: run) }
                handle(.resolved(run, group: item.group, unrecorded: unrecorded, recorded: recorded))
            }
            if !reused.isEmpty { persist(.reused(run, cells: reused)) }
            commitIfIdle()
        case .failure(let error):
            log.error("keys could not be looked up", metadata: ["run": "\(run)", "error": "\(error)"])
            end(.failure(error))
        }
    }
}
