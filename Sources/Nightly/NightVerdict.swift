import Aggregator
import Catalog
import Foundation
import RouteGridBase

/// The verdict of a night: first whether it can be judged at all, then whether a router is worse.
package struct NightVerdict: Sendable {
    package let verdict: NightHistory.Verdict
    /// In a sentence or two.
    package let text: String
    /// A line each: what is missing, what moved.
    package let findings: [String]
    /// Whether an error of the history was spent.
    package let spends: Bool
    /// The rows that an alarm is about.
    package let alarms: [String]

    private init(
        _ verdict: NightHistory.Verdict,
        _ text: String,
        findings: [String] = [],
        spends: Bool = false,
        alarms: [String] = []
    ) {
        (self.verdict, self.text, self.findings) = (verdict, text, findings)
        (self.spends, self.alarms) = (spends, alarms)
    }

    /// A night that cells are missing of, or that says nothing.
    package static func incomplete(_ findings: [String]) -> NightVerdict {
        NightVerdict(
            .incomplete,
            "The night is not complete and was not judged: \(findings.first ?? "").",
            findings: findings
        )
    }

    package static let first = NightVerdict(
        .clean,
        "The first complete night: it is the reference of those that follow."
    )
    package static let equal = NightVerdict(
        .clean,
        "The same as the reference, byte for byte: no statistics were needed."
    )

    /// Judges a night.
    ///
    /// - Parameters:
    ///   - evidence: What became of each row since the reference.
    ///   - judge: The error that may be spent.
    ///   - first: Rows that raised an alarm before outcomes were measured again; nil for a first measurement.
    package init(_ evidence: NightEvidence, judge: NightJudge, confirming first: [String]? = nil) {
        let diverged = evidence.rows.filter { $0.causes.contains(.divergence) }
        guard diverged.isEmpty else {
            self = .incomplete(diverged.map { "\($0.name): a job key has another result than on the reference night" })
            return
        }
        guard evidence.unjudged.isEmpty else {
            self = .incomplete(evidence.unjudged)
            return
        }
        let canaries = evidence.canaries
        let moved = judge.moved(canaries)
        guard moved.isEmpty else {
            self.init(
                .incomplete,
                "Rows that no router moves have moved (\(moved[0].name)): \(Self.reason(moved)), so the night says nothing of "
                    + "routers. If that stays, `routegrid nightly accept` moves the reference.",
                findings: moved.map { Self.words($0, "moved") },
                spends: true
            )
            return
        }
        var candidates = evidence.candidates
        if let first { candidates.removeAll { !first.contains($0.name) } }
        let worse = judge.regressions(candidates, isSecondLook: first != nil)
        let spends = !candidates.isEmpty || !canaries.isEmpty
        guard worse.isEmpty else {
            var seen: Set<String> = []
            let names = worse.map(\.name).filter { seen.insert($0).inserted }
            let more = names.count > 3 ? " and \(names.count - 3) more" : ""
            self.init(
                .regressed,
                "Worse than on the reference night: \(names.prefix(3).joined(separator: ", "))\(more).",
                findings: worse.map { Self.words($0, "is worse") } + evidence.lines,
                spends: spends,
                alarms: names
            )
            return
        }
        if let first {
            let names = first.prefix(3).joined(separator: ", ")
            self.init(
                .changed,
                "A drop (\(names)) was not found again when the outcomes were measured again. \(evidence.summary)",
                findings: evidence.lines,
                spends: true
            )
            return
        }
        let needsReference = evidence.rows.contains { $0.kind == .data || $0.causes.contains(.pool) }
        // Numbers of rows that were measured again differ every night: they are news when that is shown for all nights.
        let identities: Set<RowChange.Kind> = [.new, .gone, .data, .code, .price, .pool]
        let shifted = judge.moved(candidates)
        if !shifted.isEmpty || evidence.rows.contains(where: { identities.contains($0.kind) }) {
            let hint =
                needsReference
                ? " Rows of other data cannot be judged against this reference: `routegrid nightly accept` moves it."
                : ""
            self.init(
                .changed,
                "\(evidence.summary)\(hint)",
                findings: shifted.map { Self.words($0, "moved") } + evidence.lines,
                spends: spends
            )
        } else {
            self.init(.clean, "No router is shown to be worse. \(evidence.summary)", spends: spends)
        }
    }

    private static func words(_ finding: NightJudge.Finding, _ verb: String) -> String {
        let metric = finding.metric.flatMap(MetricDescriptor.named)
        let what = metric.map { " (\($0.title))" } ?? ""
        // Findings are positive where better; a reader expects the sign of the number itself.
        let value = metric?.isLargerBetter == false ? -finding.value : finding.value
        let text = (value < 0 ? "−" : "+") + shown(abs(value), metric)
        return "\(finding.name)\(what) \(verb): \(text), by \(shown(abs(finding.bound), metric)) at least"
    }

    /// Amounts with three digits: costs of a query are often far below 0.0001.
    private static func shown(_ value: Double, _ metric: MetricDescriptor?) -> String {
        metric?.values == .cost ? String(format: "%.3g", value) : JSONValue.shortestText(rounded(value))
    }

    /// What it takes to move rows that no router moves.
    private static func reason(_ moved: [NightJudge.Finding]) -> String {
        let isCost = { (finding: NightJudge.Finding) in finding.metric == CurveMetric.meanCost.rawValue }
        if moved.allSatisfy(isCost) { return "prices did that the outcomes hold, or the usage that was written down" }
        return moved.contains(where: isCost) ? "outcomes and their costs did" : "the outcomes did, or the machine"
    }

    private static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}
