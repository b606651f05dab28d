import RouteGridBase
import Wire

/// What is known of a cluster while it is watched: the coordinator's last metrics, and rates made of those before.
struct WatchView {
    /// A run with its rate, in computed cells a second; nil before one was computed.
    struct Watched {
        let report: RunReport
        let rate: Double?
    }

    private(set) var metrics = JSONValue.null
    private(set) var runs: [Watched] = []
    private var rates: [RunID: CellRate] = [:]
    /// The number of the last failure that was printed.
    private var lastFailure: Int?

    /// - Parameters:
    ///   - metrics: The answer to the query `metrics`.
    ///   - time: Seconds; grows.
    ///   - only: The run to watch; nil for all.
    /// - Throws: `protocolRefused` when a run's report has another form.
    mutating func update(_ metrics: JSONValue, at time: Double, only: RunID?) throws(RouteGridError) {
        self.metrics = metrics
        var runs: [Watched] = []
        for item in metrics["runs"]?.arrayValue ?? [] {
            let report = try RunReport(item)
            guard only == nil || only == report.run else { continue }
            rates[report.run, default: CellRate()].add(report.done - report.reused, at: time)
            runs.append(Watched(report: report, rate: report.isOver ? nil : rates[report.run]?.rate(at: time)))
        }
        self.runs = runs
    }

    /// Whether nothing more happens by itself.
    var isOver: Bool { !runs.isEmpty && runs.allSatisfy(\.report.isOver) }
    /// Whether every cell was settled when it was last seen.
    var isSettled: Bool { !runs.isEmpty && runs.allSatisfy { $0.report.done + $0.report.broken >= $0.report.cells } }

    func count(_ group: String, _ name: String) -> Int { metrics[group]?[name]?.integerValue ?? 0 }
    func number(_ group: String, _ name: String) -> Double { metrics[group]?[name]?.numberValue ?? 0 }

    /// The failures that were reported since the last call, oldest first; at the first call none.
    mutating func newFailures() -> [JSONValue] {
        let failures = metrics["failures"]?.arrayValue ?? []
        let last = failures.last?["number"]?.integerValue ?? 0
        defer { lastFailure = last }
        // A smaller number: the coordinator was restarted.
        guard let known = lastFailure, known <= last else { return [] }
        return failures.filter { ($0["number"]?.integerValue ?? 0) > known }
    }

    /// Such as `1/42 timeout, retried: the cell took longer than 60 s`.
    static func text(ofFailure failure: JSONValue) -> String {
        let place = "\(failure["run"]?.integerValue ?? 0)/\(failure["cell"]?.integerValue ?? 0)"
        let state = failure["state"]?.stringValue == "backing-off" ? ", retried" : ""
        return "\(place) \(failure["kind"]?.stringValue ?? "error")\(state): \(failure["text"]?.stringValue ?? "")"
    }
}
