import Foundation
import RouteGridBase

/// How the workers' time was spent, from the facts of the executions.
struct TimeBreakdown {
    private var fitSeconds = 0.0
    private var evaluationSeconds = 0.0
    private(set) var cellCount = 0

    /// - Parameters:
    ///   - facts: Lines of `runs.jsonl`.
    ///   - start: Earlier records were reused and cost nothing now.
    init(facts: [JSONValue], since start: Date) {
        var fits: Set<String> = []
        for line in facts {
            guard let text = line["started"]?.stringValue, let date = TimeBreakdown.date(text), date >= start else {
                continue
            }
            cellCount += 1
            evaluationSeconds += line["eval_s"]?.numberValue ?? 0
            // Cells of one lease share a fit, and so carry the same seconds.
            let seconds = line["fit_s"]?.numberValue ?? 0
            let fit = "\(line["worker"]?.stringValue ?? "")/\(seconds)"
            if fits.insert(fit).inserted { fitSeconds += seconds }
        }
    }

    /// One line, such as
    /// `2 workers for 12.3 s: fit 20.1 s (82 %), evaluate 3.2 s (13 %), start, queue, commit and idle 1.3 s (5 %)`.
    func text(workers: Int, wallSeconds: Double) -> String {
        let capacity = max(Double(workers) * wallSeconds, fitSeconds + evaluationSeconds, 1e-9)
        let other = capacity - fitSeconds - evaluationSeconds
        func part(_ name: String, _ seconds: Double) -> String {
            String(format: "\(name) %.2f s (%.0f %%)", seconds, 100 * seconds / capacity)
        }
        let count = workers == 1 ? "1 worker" : "\(workers) workers"
        return "\(count) for " + String(format: "%.2f s", wallSeconds)
            + ", \(cellCount) cells computed: "
            + [
                part("fit", fitSeconds), part("evaluate", evaluationSeconds),
                part("start, queue, commit and idle", other),
            ].joined(separator: ", ")
    }

    private static func date(_ text: String) -> Date? {
        try? Date(text, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
    }
}
