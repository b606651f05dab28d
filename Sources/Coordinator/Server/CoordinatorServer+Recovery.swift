import Logging
import RouteGridBase
import Scheduling

/// Runs from before a restart of the coordinator.
extension CoordinatorServer {
    /// Resumes every run that can be loaded, and sets the others aside.
    func resumeRuns() throws(RouteGridError) {
        for run in try access.store.runs() {
            let (loaded, aside) = try SetAsideRun.load(run, from: access.store)
            if let loaded {
                if loaded.run.state != run.state {
                    _ = try access.store.commit([.runState(run.id, loaded.run.state, reason: loaded.run.reason)])
                    log.warning("run cancelled", metadata: ["run": "\(run.id)", "reason": "\(loaded.run.reason)"])
                }
                resume(loaded)
            }
            guard let aside else { continue }
            setAside[run.id] = aside
            log.error("run set aside", metadata: ["run": "\(run.id)", "name": "\(run.name)", "why": "\(aside.why)"])
        }
    }

    private func resume(_ loaded: LoadedRun) {
        let run = loaded.run
        served[run.id] = ServedRun(
            lock: loaded.lock,
            name: run.name,
            submitted: run.submitted,
            reason: run.reason,
            selection: loaded.selection
        )
        handle(loaded.event)
        if !run.state.isOver { log.info("run loaded", metadata: ["run": "\(run.id)", "name": "\(run.name)"]) }
    }
}
