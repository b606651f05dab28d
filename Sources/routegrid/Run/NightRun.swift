import Aggregator
import Foundation
import Grid
import Nightly
import Report
import RouteGridBase
import Wire
import Worker

/// One night of a grid: what is not recorded is computed, the board is judged against the reference and published.
struct NightRun {
    /// Where cells are computed.
    enum Cluster {
        /// Processes of this one, with this state folder.
        case own(workers: Int, state: String)
        case other(ConnectOptions)
    }

    let grid: String
    let folder: NightFolder
    let cluster: Cluster
    let gateFile: String?
    /// What `exec` routers may run in processes of this one.
    let programs: AllowedPrograms
    /// Measures outcomes again, before an alarm.
    let again: String?
    /// Nights that stay; nil: all.
    let keep: Int?
    let time: String
    let console: Console

    /// What became of the night.
    struct Outcome {
        let history: NightHistory
        let night: NightHistory.Night
        let changes: BoardChanges?
    }

    private typealias Judged = (verdict: NightVerdict, changes: BoardChanges?, rows: [NightHistory.Row])

    /// Computes, judges and publishes.
    ///
    /// - Throws: What the run ended with, where nothing could be published.
    func perform() throws -> Outcome {
        let (file, first) = try resolve()
        var resolved = first
        var history =
            try NightHistory.read(in: folder.path)
            ?? NightHistory(name: resolved.lock.name, alpha: resolved.lock.statistics.alpha)
        guard history.name == resolved.lock.name else {
            throw RouteGridError(
                .usage,
                "\(folder.path) holds the nights of grid \(history.name), not of \(resolved.lock.name); choose another --publish"
            )
        }
        let gates = try gates(file)
        try gates.check(resolved.lock)
        var problems = try compute(resolved)
        let judge = NightJudge(alpha: history.alpha, look: history.looks + 1)
        var judged = try self.judged(history, problems, gates, judge)
        if let again, judged.verdict.verdict == .regressed {
            console.note("\(judged.verdict.text) The outcomes are measured again before an alarm.")
            guard ShellCommand(again).run() == 0 else {
                throw RouteGridError(.system, "--again: the command failed, so nothing was published")
            }
            resolved = try resolve().grid
            try gates.check(resolved.lock)
            problems = try compute(resolved)
            let second = try self.judged(history, problems, gates, judge, confirming: judged.verdict.alarms)
            judged = second
        } else if judged.verdict.verdict == .regressed, let changes = judged.changes {
            let faults = self.faults(judged.verdict.alarms, changes)
            if !faults.isEmpty { judged.verdict = .incomplete(faults) }
        }
        let id = history.nextID
        var night = NightHistory.Night(
            id: id,
            at: time,
            lock: resolved.lock.digest.hex,
            board: digest(folder.board, OutputName.leaderboard) ?? "",
            cells: lines(folder.board).count,
            computed: computed(since: history.nights.last { folder.kept.contains($0.id) }?.id),
            rows: judged.rows.map { row in
                var row = row
                if judged.verdict.alarms.contains(row.row) { row.isAlarm = true }
                return row
            }
        )
        (night.verdict, night.text, night.findings) =
            (judged.verdict.verdict, judged.verdict.text, judged.verdict.findings)
        night.reference = history.reference
        if judged.verdict.spends { (night.look, night.level, history.looks) = (judge.look, judge.level, judge.look) }
        if let changes = judged.changes {
            for kind in RowChange.Kind.allCases where changes.count(kind) > 0 {
                night.classes[kind.rawValue] = changes.count(kind)
            }
        }
        history.nights.append(night)
        if history.reference == nil, night.verdict != .incomplete { try history.accept(id, at: time) }
        let pages = judged.changes.map { changes in
            [
                ("changes.json", changes.jsonBytes), ("changes.md", changes.markdownBytes),
                ("changes.html", PlainPage.page(of: changes).bytes),
            ]
        }
        try folder.add(
            id,
            changes: (pages ?? []).map { (name: $0.0, bytes: $0.1) },
            earlier: history.nights.dropLast().last { folder.kept.contains($0.id) }?.id
        )
        if let keep { _ = try folder.prune(history, keeping: keep) }
        try folder.write(history)
        return Outcome(history: history, night: night, changes: judged.changes)
    }

    /// The rules: those of `--gate`, or else the grid's.
    private func gates(_ file: GridFile) throws(RouteGridError) -> GateCheck {
        GateCheck(
            try gateFile.map { path throws(RouteGridError) in try GridFile.gates(path: path) } ?? file.gates,
            in: gateFile ?? grid
        )
    }

    private func resolve() throws -> (file: GridFile, grid: ResolvedGrid) {
        let file = try GridFile(path: grid)
        let resolved = try GridResolver.resolve(file, numerics: .ofThisMachine())
        for warning in resolved.warnings { console.warn(warning) }
        return (file, resolved)
    }

    // MARK: Computing

    /// Computes what is not recorded and makes the board.
    ///
    /// - Returns: Why the night is not complete; empty when it is.
    private func compute(_ resolved: ResolvedGrid) throws -> [String] {
        let silent = Console(format: .quiet, verbosity: console.verbosity, wantsPlain: true)
        do {
            switch cluster {
            case .own(let workers, let state):
                try LocalRun(
                    grid: resolved,
                    workers: workers,
                    stateFolder: state,
                    outFolder: folder.board,
                    console: silent,
                    programs: programs
                ).perform()
            case .other(let options):
                let client = try options.client("nightly")
                defer { client.close() }
                let run = try client.submit(resolved).run
                var report = try RunReport(try client.query(.run, "\(run)"))
                while !report.isOver {
                    usleep(100_000)
                    report = try RunReport(try client.query(.run, "\(run)"))
                }
                try RunBoard(client: client, run: run, folder: folder.board).publish(on: silent)
                try report.checkComplete(words: options.words)
            }
            return []
        } catch let error as RouteGridError where [.cellsFailed, .incomplete, .checkFailed].contains(error.code) {
            guard FileManager.default.fileExists(atPath: "\(folder.board)/\(OutputName.manifest)") else { throw error }
            return error.lines
        }
    }

    // MARK: Judging

    private func judged(
        _ history: NightHistory,
        _ problems: [String],
        _ gates: GateCheck,
        _ judge: NightJudge,
        confirming alarms: [String]? = nil
    ) throws -> Judged {
        guard problems.isEmpty else { return (.incomplete(problems), nil, []) }
        guard let reference = history.reference else {
            let board = try RecordedBoard(path: folder.board)
            let (rows, faults) = (NightHistory.Row.rows(of: board), gates.findings(on: board.board))
            return (faults.isEmpty ? .first : .incomplete(faults), nil, rows)
        }
        let before = folder.night(reference)
        let isEqual = [OutputName.leaderboard, OutputName.records].allSatisfy { name in
            digest(before, name) == digest(folder.board, name)
        }
        if isEqual, let known = history.night(reference) {
            let faults = gates.findings(among: known.rows)
            return (
                faults.isEmpty ? .equal : .incomplete(faults), nil,
                known.rows.map { row in
                    var row = row
                    row.isAlarm = nil
                    return row
                }
            )
        }
        let now = try RecordedBoard(path: folder.board)
        let rows = NightHistory.Row.rows(of: now)
        let faults = gates.findings(on: now.board)
        guard faults.isEmpty else { return (.incomplete(faults), nil, rows) }
        let missing = now.board.incompleteCount
        guard missing == 0 else { return (.incomplete(["\(missing) rows lack records"]), nil, rows) }
        let changes = try BoardChanges(
            from: RecordedBoard(path: before),
            to: now,
            metrics: NightEvidence.metrics(of: gates.gates)
        )
        let evidence = NightEvidence(changes, gates: gates.gates)
        let verdict = NightVerdict(evidence, judge: judge, confirming: alarms)
        return (verdict, changes, rows)
    }

    /// Computes some cells of the rows that an alarm is about again: a machine that gives other bits is no regression.
    private func faults(_ alarms: [String], _ changes: BoardChanges) -> [String] {
        let rows = changes.rows.filter { alarms.contains($0.name.slug) }.compactMap(\.new)
        let keys = Set(rows.flatMap { $0.jobKeys.prefix(2) }.prefix(6))
        do {
            let known = try RecordCollection(reading: [RecordSource(path: folder.board)])
            let cells = known.records.filter { keys.contains($0.jobKey) && !$0.isNondeterministic }.map {
                (key: $0.jobKey, result: $0.resultDigest)
            }
            guard !cells.isEmpty else { return [] }
            return try CellRecomputation(folder: folder.board, grid: grid, programs: programs).differences(cells)
        } catch {
            console.warn("what moved could not be computed again: \(error)")
            return []
        }
    }

    // MARK: Files

    /// As hex digits; nil for a file that is not there.
    private func digest(_ folder: String, _ name: String) -> String? {
        FileManager.default.contents(atPath: "\(folder)/\(name)").map { Digest(hashing: $0).hex }
    }

    private func lines(_ folder: String) -> Set<Data> {
        let bytes = FileManager.default.contents(atPath: "\(folder)/\(OutputName.records)") ?? Data()
        return Set(bytes.split(separator: UInt8(ascii: "\n")).map { Data($0) })
    }

    /// Records that the night before did not have.
    private func computed(since earlier: String?) -> Int {
        let now = lines(folder.board)
        return earlier.map { now.subtracting(lines(folder.night($0))).count } ?? now.count
    }
}

extension NightHistory.Row {
    /// The rows of a board with their ranking metric.
    static func rows(of board: RecordedBoard) -> [NightHistory.Row] {
        RowNames(board.board).entries.compactMap { entry in
            let row = board.board.row(entry)
            let metric = board.board.sections[entry.section].ranking.metric
            guard let value = row.value(metric) else { return nil }
            let interval = row.interval(metric)
            return NightHistory.Row(
                row: entry.slug,
                name: entry.name,
                metric: metric,
                value: value,
                low: interval?.low,
                high: interval?.high
            )
        }
    }
}
