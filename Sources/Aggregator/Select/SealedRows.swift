import Grid
import RouteGridBase

/// The rows that selections made: one a choice, or one for the choices that differ in the split index alone.
struct SealedRows {
    private let seal: BoardSeal
    private let bad: BadRecords
    /// The runs on dev of the fits that were read on test, by their job as if it were on test.
    private var dev: [String: BoardRun] = [:]

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
        (self.seal, self.bad) = (seal, bad)
        let fits = Set(rows.map(\.fitKey))
        let read = candidates.filter { fits.contains($0.fitKey) }
        for result in JoinedCurve.runs(of: JoinedCurve.curves(of: read, expected: [])) {
            let run: BoardRun
            do throws(RouteGridError) { run = try result.get() } catch {
                guard bad == .setAside, error.code == .badInput else { throw error }
                continue
            }
            dev[SealedRows.name(run.job.json)] = run
        }
    }

    private static func name(_ job: JSONValue) -> String {
        RecordLabels.unlabelled(job.with("part", "test")).canonicalText
    }

    /// The rows of all choices, and the records that belong to none of them.
    ///
    /// Records of a configuration that was also read without a selection are in both, so that its row is whole.
    func groups(
        of records: [ScoredRecord],
        expected: [ExpectedJob]
    ) throws(RouteGridError) -> (selected: [RowGroup], records: [ScoredRecord], expected: [ExpectedJob]) {
        if seal.isEmpty { return ([], records, expected) }
        var read: [Int: [ScoredRecord]] = [:]
        var absent: [Int: [ExpectedJob]] = [:]
        var open: Set<JSONValue> = []
        for record in records {
            let choices = seal.choices(of: record.jobKey)
            for choice in choices { read[choice, default: []].append(record) }
            if choices.isEmpty { open.insert(SealedRows.configuration(record.job.json)) }
        }
        for job in expected {
            for choice in seal.choices(of: job.key) { absent[choice, default: []].append(job) }
        }
        var runs: [RowName: [(run: BoardRun, choice: Int)]] = [:]
        for choice in Set(read.keys).union(absent.keys).sorted() {
            let curves = JoinedCurve.curves(of: read[choice] ?? [], expected: absent[choice] ?? [])
            for result in JoinedCurve.runs(of: curves) {
                let run: BoardRun
                do throws(RouteGridError) { run = try result.get() } catch {
                    guard bad == .setAside, error.code == .badInput else { throw error }
                    continue
                }
                runs[RowName(group: seal[choice].group, job: SealedRows.frame(run.job.json)), default: []]
                    .append((run, choice))
            }
        }
        return (
            SealedRows.different(runs.map { row($0.value) }),
            records.filter {
                seal.choices(of: $0.jobKey).isEmpty || open.contains(SealedRows.configuration($0.job.json))
            },
            expected.filter { seal.choices(of: $0.key).isEmpty }
        )
    }

    private func row(_ members: [(run: BoardRun, choice: Int)]) -> RowGroup {
        let runs = members.map(\.run).sorted(by: BoardRun.precedes)
        let choices = Set(members.map(\.choice)).sorted().map { seal[$0] }
        let metric = choices.first?.metric ?? ""
        return RowGroup(
            selected: runs,
            selection: RowSelection(choices, runs: runs, dev: devValue(of: metric, for: runs))
        )
    }

    /// The mean dev value over the row's own seeds and splits.
    private func devValue(of metric: String, for runs: [BoardRun]) -> JSONValue {
        let judged = runs.compactMap { dev[SealedRows.name($0.job.json)] }
        guard judged.count == runs.count else { return ["v": .null, "why": "its dev records are not there"] }
        return RunMeans.metrics(of: judged)[metric] ?? ["v": .null, "why": "no such metric"]
    }

    /// Of rows with the same records, which selections of several nights may give, one: a leaky one before others, then
    /// the one that was chosen among most.
    private static func different(_ rows: [RowGroup]) -> [RowGroup] {
        let read = Dictionary(grouping: rows.filter { !$0.jobKeys.isEmpty }, by: \.jobKeys).values.compactMap { same in
            same.count == 1 ? same[0] : same.max { precedes($0.selection, $1.selection) }
        }
        return read + rows.filter(\.jobKeys.isEmpty)
    }

    private static func precedes(_ left: RowSelection?, _ right: RowSelection?) -> Bool {
        guard let left, let right else { return left == nil && right != nil }
        if left.isLeaky != right.isLeaky { return right.isLeaky }
        if left.competing != right.competing { return left.competing < right.competing }
        return left.json.canonicalText < right.json.canonicalText
    }

    private struct RowName: Hashable {
        let group: Int
        let job: JSONValue
    }

    /// What the runs of a selected row share: a job without the configuration, the seed and the split's index.
    private static func frame(_ job: JSONValue) -> JSONValue {
        RowSelection.configurationMembers.reduce(RowGroup.shared(job)) { $0.with($1, nil) }
    }

    /// What a row without a selection is of, under whatever budget.
    private static func configuration(_ job: JSONValue) -> JSONValue { RowGroup.shared(job).with("budget", nil) }
}
