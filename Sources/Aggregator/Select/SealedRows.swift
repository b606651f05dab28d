import RouteGridBase

/// Adds to test rows what their selection says: of how many each was chosen, and how much better it looked on dev.
struct SealedRows {
    private let seal: BoardSeal
    /// The runs on dev of the configurations that were read on test, by their shared job as if it were on test.
    private var dev: [String: [BoardRun]] = [:]

    /// - Parameters:
    ///   - seal: The selections.
    ///   - rows: The records that make rows.
    ///   - candidates: The dev records that were selected from.
    ///   - bad: What happens to those of them that contradict each other.
    /// - Throws: `badInput` when records of one curve contradict each other and such are refused.
    init(
        _ seal: BoardSeal,
        rows: [ScoredRecord],
        candidates: [ScoredRecord],
        bad: BadRecords = .refuse
    ) throws(RouteGridError) {
        self.seal = seal
        let fits = Set(rows.map(\.fitKey))
        let read = candidates.filter { fits.contains($0.fitKey) }
        for curve in JoinedCurve.curves(of: read, expected: []) {
            let run: BoardRun
            do throws(RouteGridError) { run = try curve.run() } catch {
                guard bad == .setAside, error.code == .badInput else { throw error }
                continue
            }
            dev[SealedRows.name(run.job), default: []].append(run)
        }
    }

    private static func name(_ job: JSONValue) -> String { RowGroup.identity(job.with("part", "test")) }

    /// The row with what its selection says, and without the flag of those that have none.
    func completed(_ row: BoardRow) -> BoardRow {
        guard seal.seals(row.jobKeys) else { return row }
        var row = row
        row.flags.removeAll { $0 == .unsealed }
        guard let first = row.jobKeys.first, let selected = seal.choice(of: first) else { return row }
        let found = RowSelection(selected, dev: devValue(of: selected.metric, for: row))
        row.selection = found
        row.metrics[RowSelection.optimism] = found.optimism(row.metrics)
        if found.unreadDevCells > 0 { row.flags = (row.flags + [.partial]).sorted() }
        return row
    }

    /// The mean dev value over the row's own seeds and splits.
    private func devValue(of metric: String, for row: BoardRow) -> JSONValue {
        let places = Set(row.runs.map { RunPlace($0) })
        let runs = (dev[SealedRows.name(row.job)] ?? []).filter { places.contains(RunPlace($0)) }
            .sorted(by: BoardRun.precedes)
        guard runs.count == row.runs.count else { return ["v": .null, "why": "its dev records are not there"] }
        return RunMeans.metrics(of: runs)[metric] ?? ["v": .null, "why": "no such metric"]
    }

    private struct RunPlace: Hashable {
        let seed: Int?
        let split: Int
        init(_ run: BoardRun) { (seed, split) = (run.seed, run.splitIndex) }
    }
}
