import RouteGridBase
import Scoring

/// What several runs of one configuration come to.
///
/// A mean over seeds within each split, then over splits: so a split with fewer seeds does not count less.
enum RunMeans {
    /// The mean of a number a run.
    ///
    /// - Parameters:
    ///   - values: One a run.
    ///   - splits: The split of each run, rising.
    /// - Returns: Nil for no run.
    static func mean(_ values: [Double], splits: [Int]) -> Double? {
        guard !values.isEmpty else { return nil }
        if values.count == 1 { return values[0] }
        var means: [Double] = []
        var start = 0
        while start < values.count {
            var end = start + 1
            while end < values.count, splits[end] == splits[start] { end += 1 }
            means.append(values[start..<end].reduce(0, +) / Double(end - start))
            start = end
        }
        return means.reduce(0, +) / Double(means.count)
    }

    /// Every metric of a row: a single run's own, or the means with `sd`, the standard deviation over the runs.
    ///
    /// A mean exists when every run has the value: a mean over those that have one would be of the lucky runs.
    static func metrics(of runs: [BoardRun]) -> [String: JSONValue] {
        if runs.count == 1 { return runs[0].metrics.json }
        return Dictionary(names(of: runs).map { ($0, metric($0, of: runs)) }) { $1 }
    }

    /// One of them.
    static func metric(_ name: String, of runs: [BoardRun]) -> JSONValue {
        if runs.count == 1 { return runs[0].metrics[name] ?? .null }
        let values = runs.compactMap { $0.metrics.number(name) }
        if values.count == runs.count, let mean = mean(values, splits: runs.map(\.splitIndex)) {
            return ["v": .double(mean), "sd": .double(StepDownTest.standardError(values))]
        }
        let why = runs.lazy.compactMap { $0.metrics[name]?["why"]?.stringValue }.first ?? "no reason recorded"
        return [
            "v": .null, "why": .string("absent in \(runs.count - values.count) of \(runs.count) runs: \(why)"),
        ]
    }

    /// Every name that some run has a metric of.
    private static func names(of runs: [BoardRun]) -> Set<String> {
        var seen: Set<ObjectIdentifier> = []
        var names: Set<String> = []
        for run in runs {
            if seen.insert(ObjectIdentifier(run.metrics.names)).inserted { names.formUnion(run.metrics.names.all) }
            names.formUnion(run.metrics.addedNames)
        }
        return names
    }
}
