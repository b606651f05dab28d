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
    private var missing: [JSONValue] = []

    /// Groups records, and jobs without one, into runs.
    static func curves(of records: [ScoredRecord], expected: [ExpectedJob]) -> [JoinedCurve] {
        var curves: [String: JoinedCurve] = [:]
        for record in records { curves[identity(record.job), default: JoinedCurve()].records.append(record) }
        for job in expected { curves[identity(job.job), default: JoinedCurve()].missing.append(job.job) }
        return Array(curves.values)
    }

    /// What the records of a run share: the job without its budget, unless that is `exact`.
    private static func identity(_ job: JSONValue) -> String {
        var shared = RecordLabels.unlabelled(job)
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

    /// The run.
    ///
    /// - Throws: `badInput` when records of one curve contradict each other, with the places of two of them.
    func run() throws(RouteGridError) -> BoardRun {
        try checkInputs()
        let first = records.first
        let curve = try ListedCurve(records)
        let job = joinedJob
        return BoardRun(
            job: job,
            seed: job["seed"]?.integerValue,
            splitIndex: job["split"]?["index"]?.integerValue ?? 0,
            jobKeys: records.map(\.jobKey),
            fitKeys: Set(records.map(\.fitKey)).sorted(),
            itemCount: first?.itemCount,
            missingCount: first?.result["n_missing"]?.integerValue ?? 0,
            points: curve.points,
            metrics: curve.metrics,
            reading: curve.reading,
            isComplete: missing.isEmpty,
            isOverBudget: records.contains { $0.result["cost_cap"]?["over"] == true },
            hasLowCoverage: records.contains { $0.result["reference"]?["low_coverage"]?.arrayValue?.isEmpty == false }
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

    private var jobs: [JSONValue] { records.map(\.job) + missing }

    /// A job of the run, with the list of all budgets, and of all λ, where there are several.
    private var joinedJob: JSONValue {
        var job = jobs.first ?? .null
        if job["budget"] != "exact" { job = job.with("budget", JoinedCurve.sorted(jobs.map { $0["budget"] })) }
        let labels = Set(jobs.compactMap { $0["label"]?["lambda"] })
        if let label = job["label"], labels.count > 1 {
            job = job.with("label", label.with("lambda", JoinedCurve.sorted(Array(labels))))
        }
        return job
    }

    /// Budgets by number, then multiples by number, then by text.
    private static func sorted(_ budgets: [JSONValue?]) -> JSONValue {
        let texts = budgets.compactMap { $0 }.map(RowLabels.text)
        let sorted = Set(texts).sorted { left, right in
            let (a, b) = (Double(left) ?? .infinity, Double(right) ?? .infinity)
            if a != b { return a < b }
            let (x, y) = (Double(left.dropLast()) ?? .infinity, Double(right.dropLast()) ?? .infinity)
            return x != y ? x < y : left < right
        }
        return JSONValue(sorted)
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
