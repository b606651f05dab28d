import RouteGridBase

/// The jobs of runs with the list of all budgets, and of all λ, where records differ in these: once for all runs whose
/// records have the same frames, from several threads at a time.
final class JoinedJobs: Sendable {
    /// With the frames that they were made of: an identifier is one as long as its object is there.
    private let known = LockedBox([[ObjectIdentifier]: (sources: [JobFrame], joined: JobFrame)]())

    /// The job of a run, by its records' jobs, at least one.
    func job(of jobs: [RunJob]) -> RunJob {
        guard let first = jobs.first else { return RunJob(.null) }
        let sources = jobs.map(\.frame)
        let names = sources.map { ObjectIdentifier($0) }
        let joined = known.withLock { known in
            if let joined = known[names]?.joined { return joined }
            let joined = JobFrame(Self.joined(sources.map(\.json)))
            known[names] = (sources, joined)
            return joined
        }
        return first.framed(joined)
    }

    private static func joined(_ jobs: [JSONValue]) -> JSONValue {
        var job = jobs.first ?? .null
        if job["budget"] != "exact" { job = job.with("budget", sorted(jobs.map { $0["budget"] })) }
        let labels = Set(jobs.compactMap { $0["label"]?["lambda"] })
        if let label = job["label"], labels.count > 1 {
            job = job.with("label", label.with("lambda", sorted(Array(labels))))
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
