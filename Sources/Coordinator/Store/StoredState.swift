import Grid
package import RouteGridBase
import Scheduling

/// A state folder opened for reading, with or without a running coordinator: nothing in it is changed.
package struct StoredState {
    let store: RecordStore
    private let runs: [StoredRun]

    /// Opens the records of a state folder.
    ///
    /// - Throws: `badInput` when the folder holds no records; `system` when they cannot be read.
    package init(folder path: String) throws(RouteGridError) {
        store = try RecordStore(reading: StateFolder(reading: path))
        runs = try store.runs()
    }

    /// The document with which a coordinator would answer `status`, without workers.
    package func status() throws(RouteGridError) -> JSONValue {
        let divergences = try store.divergenceCounts()
        var (reports, setAside): ([JSONValue], [JSONValue]) = ([], [])
        for run in runs {
            let (loaded, aside) = try SetAsideRun.load(run, from: store)
            if let loaded { reports.append(View(loaded, epoch: store.epoch).report(divergences[run.id] ?? 0)) }
            if let aside { setAside.append(aside.report) }
        }
        return [
            "schema": "routegrid/status/v1", "runs": .array(reports), "set_aside": .array(setAside), "workers": [],
            "demand": .null, "audits": AuditReports.summary(try store.audits(), rate: nil),
            "store": ["divergent": JSONValue(divergences.values.reduce(0, +))],
        ]
    }

    /// The failed cells of a run, or those after one of them (`RUN/CELL`).
    ///
    /// - Throws: `usage` when there is no such run.
    package func failures(_ selector: String) throws(RouteGridError) -> JSONValue {
        let (name, last) = selector.contains("/") ? try RunReports.parts(of: selector) : (selector, -1)
        let view = try view(of: run(name))
        return RunReports.failures(
            view.run.id,
            view.lock,
            view.scheduler.exceptions(of: view.run.id),
            after: CellID(last)
        )
    }

    /// Why a cell (`RUN/CELL`) waits, failed or is done.
    ///
    /// - Throws: `usage` when there is no such cell.
    package func explain(_ selector: String) throws(RouteGridError) -> JSONValue {
        let (name, number) = try RunReports.parts(of: selector)
        let cell = CellID(number)
        let view = try view(of: run(name))
        let isCell = view.lock.allCells.contains(cell)
        let jobs = isCell ? view.lock.jobs(ofGroup: view.lock.group(ofCell: cell)) : []
        var report = try RunReports.explanation(
            view.run.id,
            cell: cell,
            view.lock,
            job: jobs.first { $0.cell == cell },
            standing: view.scheduler.standing(of: cell, in: view.run.id),
            hasSelected: view.selection != nil
        ) { $0.description }
        if let audited = try store.audits()[view.run.id, cell] { report["audit"] = AuditReports.cell(audited) }
        let log = try store.log(ofCell: cell, in: view.run.id)
        if !log.isEmpty { report["log"] = .string(String(decoding: log, as: UTF8.self)) }
        return .object(report)
    }

    func run(_ selector: String) throws(RouteGridError) -> StoredRun {
        if selector == "last", let last = runs.max(by: { $0.id < $1.id }) { return last }
        guard let run = runs.first(where: { String($0.id.rawValue) == selector }) else {
            throw RouteGridError(.usage, "there is no run \(selector); `routegrid status` lists them")
        }
        return run
    }

    /// A run as the scheduler of a starting coordinator would have it.
    struct View {
        let run: StoredRun
        let lock: GridLock
        let selection: ServerSelection?
        let scheduler: Scheduler

        init(_ loaded: LoadedRun, epoch: UInt32) {
            (run, lock, selection) = (loaded.run, loaded.lock, loaded.selection)
            let start = Moment(milliseconds: 0)
            var scheduler = Scheduler(
                configuration: Scheduler.Configuration(),
                epoch: epoch,
                now: start,
                recovering: false,
                identifiers: SystemRandomNumberGenerator()
            )
            _ = scheduler.handle(loaded.event, at: start)
            self.scheduler = scheduler
        }

        func report(_ divergent: Int) -> JSONValue {
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

    func view(of run: StoredRun) throws(RouteGridError) -> View {
        let (loaded, aside) = try SetAsideRun.load(run, from: store)
        guard let loaded else {
            throw aside?.error ?? RouteGridError(.badInput, "run \(run.id) could not be loaded")
        }
        return View(loaded, epoch: store.epoch)
    }
}
