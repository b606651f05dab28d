import Grid
import RouteGridBase
import Scheduling

/// A stored run with all that serving it needs, every cell number within its grid.
struct LoadedRun {
    /// As stored; cancelled when it was frozen under other revisions than this build's.
    let run: StoredRun
    let lock: GridLock
    let selection: ServerSelection?
    let done: CellBitmap
    let exceptions: [CellID: CellException]

    /// - Throws: `badInput` for a run that this build cannot serve; others when the store cannot be read.
    init(_ run: StoredRun, from store: RecordStore) throws(RouteGridError) {
        lock = try GridLock(parsing: run.lock, place: "the lock of run \(run.id)", revisions: .any)
            .measured(by: run.id, submitted: run.submitted)
        var run = run
        if !run.state.isOver, let earlier = lock.earlierRevisions {
            // This build would compute other numbers for the keys of its cells.
            (run.state, run.reason) = (.cancelled, "frozen under \(earlier): submit the grid again")
        }
        if let digest = run.selection {
            selection = try ServerSelection(digest: digest, from: store)
        } else {
            selection = nil
        }
        exceptions = try store.exceptions(of: run.id)
        done = try store.doneCells(of: run.id)
        self.run = run
        let range = lock.allCells
        guard exceptions.keys.allSatisfy(range.contains), selection?.cells.last.map(range.contains) ?? true else {
            throw .badInput("run \(run.id)", "the store names cells that its grid does not have")
        }
    }

    /// The event that resumes it.
    var event: SchedulerEvent {
        var policy = RunPolicy(lock)
        policy.priority = min(max(run.priority, GridRanges.priority.lowerBound), GridRanges.priority.upperBound)
        return .runAdded(
            run.id,
            lock,
            policy,
            run.state,
            done: done,
            exceptions: exceptions,
            selection: selection?.cells
        )
    }
}

/// A run of the state folder that could not be loaded: it is shown with the reason, and all others are served.
struct SetAsideRun: Sendable {
    let run: StoredRun
    let why: String

    /// Loads a run, or returns why it cannot be loaded.
    ///
    /// - Throws: what is no fault of the run: the store cannot be read.
    static func load(
        _ run: StoredRun,
        from store: RecordStore
    ) throws(RouteGridError) -> (loaded: LoadedRun?, setAside: SetAsideRun?) {
        do throws(RouteGridError) { return (try LoadedRun(run, from: store), nil) } catch {
            guard error.code == .badInput else { throw error }
            return (nil, SetAsideRun(run: run, why: error.message))
        }
    }

    /// For `status`.
    var report: JSONValue {
        [
            "run": JSONValue(Int(clamping: run.id.rawValue)), "name": .string(run.name),
            "submitted": .string(run.submitted), "state": .string(run.state.rawValue), "reason": .string(why),
        ]
    }

    /// The error for requests that name it.
    var error: RouteGridError {
        RouteGridError(.badInput, "run \(run.id) (\(run.name)) could not be loaded and is set aside: \(why)")
    }
}
