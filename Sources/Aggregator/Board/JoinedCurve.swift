import Grid
import RouteGridBase

/// The records of one run: a single one, or those that differ in their budget alone.
///
/// In mode `sound` the λ of rule `soft-label` is a budget too: its fits make one curve. In mode `compat` each λ is a
/// row, as in the peer's tables.
struct JoinedCurve {
    /// In job-key order.
    private var records: [ScoredRecord] = []
    /// Jobs of the run that have no record.
    private var missing: [RunJob] = []

    /// Groups records, and jobs without one, into runs.
    static func curves(of records: [ScoredRecord], expected: [ExpectedJob]) -> [JoinedCurve] {
        struct Key: Hashable {
            let shared: Int
            let seed: Int?
            let splitIndex: Int?
        }
        var numbers = FrameNumbers(identity)
        var places: [Key: Int] = [:]
        var curves: [JoinedCurve] = []
        func place(_ job: RunJob) -> Int {
            let key = Key(shared: numbers[job.frame], seed: job.seed, splitIndex: job.splitIndex)
            if let known = places[key] { return known }
            places[key] = curves.count
            curves.append(JoinedCurve())
            return curves.count - 1
        }
        for record in records { curves[place(record.job)].records.append(record) }
        for job in expected {
            let job = RunJob(job.job)
            curves[place(job)].missing.append(job)
        }
        return curves
    }

    /// What the records of a run share besides seed and split: the job without its budget, unless that is `exact`.
    private static func identity(_ job: JSONValue) -> String {
        var shared = RecordLabels.unlabelled(RowGroup.shared(job))
        if job["budget"] != "exact" { shared = shared.with("budget", nil) }
        if joinsLabels(job), let label = job["label"] {
            shared = shared.with("label", label.with("lambda", nil)).with("budget", nil)
        }
        return shared.canonicalText
    }

    private static func joinsLabels(_ job: JSONValue) -> Bool {
        job["mode"] == "sound" && RowLabels.isOfLabels(rule: job["rule"]?.stringValue)
    }

    /// What the curve's records are on no board for, each once.
    func leftOut(_ error: RouteGridError) -> [LeftOut] {
        records.map { LeftOut(place: $0.place, jobKey: $0.jobKey, why: error.message) }
    }

    /// The run of each curve, or why there is none; made on all cores.
    static func runs(of curves: [JoinedCurve]) -> [Result<BoardRun, RouteGridError>] {
        let joined = JoinedJobs()
        return concurrentMap(inBlocks: curves.count) { place in
            Result { () throws(RouteGridError) in try curves[place].run(joined) }
        }
    }

    /// Throws `badInput` when records of one curve contradict each other, with the places of two of them.
    private func run(_ joined: JoinedJobs) throws(RouteGridError) -> BoardRun {
        if records.count > 1 { try checkInputs() }
        let curve = try ListedCurve(records)
        return BoardRun(
            job: joined.job(of: records.map(\.job) + missing),
            records: records,
            points: curve.points,
            metrics: curve.metrics,
            reading: curve.reading,
            isComplete: missing.isEmpty
        )
    }

    /// A cell has one record: two of different keys were made of different inputs, and one of them says not which.
    private func checkInputs() throws(RouteGridError) {
        var seen: [JSONValue: ScoredRecord] = [:]
        for record in records {
            let cell = JSONValue.array([record.job["budget"] ?? .null, record.job["label"] ?? .null])
            guard let other = seen.updateValue(record, forKey: cell) else { continue }
            let place = "\(other.place) and \(record.place)"
            let keys = "job keys \(other.jobKey.hex.prefix(12))… and \(record.jobKey.hex.prefix(12))…"
            guard record.job["inputs"] == nil else {
                throw .badInput(place, "two records of one job, budget \(record.budget): \(keys), and no input differs")
            }
            let cause = ListedCurve.difference(other, record).map { "; they differ in \($0)" } ?? ""
            throw .badInput(
                place,
                "job.inputs: two records of one job, budget \(record.budget), have \(keys)\(cause): they were made from other "
                    + "costs, prices, embeddings or code, and records made before inputs were recorded do not show which; "
                    + "aggregate their folders one at a time, or run the grid again"
            )
        }
    }
}

extension JSONValue {
    /// The object with one member replaced, or, by nil, removed.
    func with(_ name: String, _ value: JSONValue?) -> JSONValue {
        guard case .object(var members) = self else { return self }
        members[name] = value
        return .object(members)
    }
}
