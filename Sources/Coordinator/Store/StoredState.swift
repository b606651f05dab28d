import Grid
package import RouteGridBase

/// A state folder that is read while no coordinator uses it, or beside one: nothing in it is changed.
package struct StoredState {
    private let store: RecordStore
    private let runs: [StoredRun]

    /// Opens the records of a state folder.
    ///
    /// - Throws: `badInput` when the folder holds no records; `system` when they cannot be read.
    package init(folder path: String) throws(RouteGridError) {
        store = try RecordStore(reading: StateFolder(reading: path))
        runs = try store.runs()
    }

    /// The document that a coordinator would answer `status` with, without workers.
    package func status() throws(RouteGridError) -> JSONValue {
        let divergences = try store.divergenceCounts()
        var reports: [JSONValue] = []
        for run in runs { reports.append(try view(of: run).report(divergent: divergences[run.id] ?? 0)) }
        return [
            "schema": "routegrid/status/v1", "runs": .array(reports), "workers": [],
            "store": ["divergent": JSONValue(divergences.values.reduce(0, +))],
        ]
    }

    /// The failed cells of a run, or those after one of them (`RUN/CELL`).
    ///
    /// - Throws: `usage` when there is no such run.
    package func failures(_ selector: String) throws(RouteGridError) -> JSONValue {
        let place = selector.contains("/") ? try RunReports.parts(of: selector) : (selector, -1)
        let view = try view(of: run(place.0))
        return RunReports.failures(view.run.id, view.lock, view.scheduler.exceptions(of: view.run.id), after: place.1)
    }

    /// Why a cell (`RUN/CELL`) waits, failed or is done.
    ///
    /// - Throws: `usage` when there is no such cell.
    package func explain(_ selector: String) throws(RouteGridError) -> JSONValue {
        let (name, cell) = try RunReports.parts(of: selector)
        let view = try view(of: run(name))
        let isCell = (0..<view.lock.cellCount).contains(cell)
        let jobs = isCell ? view.lock.jobs(ofGroup: view.lock.group(ofCell: cell)) : []
        var report = try RunReports.explanation(
            view.run.id,
            cell: cell,
            view.lock,
            job: jobs.first { $0.cell == cell },
            standing: view.scheduler.standing(of: cell, in: view.run.id),
            hasSelected: view.selection != nil
        ) { $0.description }
        let log = try store.log(ofCell: cell, in: view.run.id)
        if !log.isEmpty { report["log"] = .string(String(decoding: log, as: UTF8.self)) }
        return .object(report)
    }

    private func run(_ selector: String) throws(RouteGridError) -> StoredRun {
        if selector == "last", let last = runs.max(by: { $0.id < $1.id }) { return last }
        guard let run = runs.first(where: { String($0.id.rawValue) == selector }) else {
            throw RouteGridError(.usage, "there is no run \(selector); `routegrid status` lists them")
        }
        return run
    }

    /// A run as the scheduler of a coordinator that starts would have it.
    private struct View {
        let run: StoredRun
        let lock: GridLock
        let selection: ServerSelection?
        let scheduler: Scheduler

        func report(divergent: Int) -> JSONValue {
            guard let counts = scheduler.counts(of: run.id) else { return .null }
            return RunReports.run(
                run.id,
                counts,
                RunReports.Heading(name: run.name, submitted: run.submitted, reason: run.reason),
                selection: selection,
                divergent: divergent
            )
        }
    }

    private func view(of run: StoredRun) throws(RouteGridError) -> View {
        let lock = try GridLock(parsing: run.lock).measured(by: run.id, submitted: run.submitted)
        let selection = try run.selection.mapThrowing { digest throws(RouteGridError) in
            try ServerSelection(digest: digest, from: store)
        }
        var policy = RunPolicy(lock)
        policy.priority = run.priority
        let start = Moment(milliseconds: 0)
        var scheduler = Scheduler(
            configuration: Scheduler.Configuration(),
            epoch: store.epoch,
            now: start,
            recovering: false
        )
        _ = scheduler.handle(
            .runAdded(
                run.id,
                lock,
                policy,
                run.state,
                done: try store.doneCells(of: run.id),
                exceptions: try store.exceptions(of: run.id),
                selection: selection?.cells
            ),
            at: start
        )
        return View(run: run, lock: lock, selection: selection, scheduler: scheduler)
    }
}

extension Optional {
    fileprivate func mapThrowing<Value>(
        _ body: (Wrapped) throws(RouteGridError) -> Value
    ) throws(RouteGridError) -> Value? {
        guard let self else { return nil }
        return try body(self)
    }
}
