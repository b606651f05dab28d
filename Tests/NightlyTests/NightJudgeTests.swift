import Aggregator
import Foundation
import Grid
import Nightly
import RouteGridBase
import Scoring
import TestSupport
import Testing

/// What nights may say, and when.
@Suite struct NightJudgeTests {
    private static func estimate(_ value: Double, error: Double = 0.01) -> PairedEstimate {
        PairedEstimate(value: value, itemError: error, isPaired: true, clusters: 5_000)
    }

    private static func row(
        _ name: String,
        _ value: Double,
        causes: [ChangeCause] = [.outcomes],
        kind: RowChange.Kind = .withinNoise,
        isCanary: Bool = false,
        drop: Double? = 0
    ) -> NightEvidence.Row {
        NightEvidence.Row(
            name: name,
            kind: kind,
            causes: causes,
            estimate: estimate(value),
            isCanary: isCanary,
            drop: drop
        )
    }

    private func verdict(_ rows: [NightEvidence.Row], look: Int = 1, confirming: [String]? = nil) -> NightVerdict {
        NightVerdict(
            NightEvidence(rows: rows, summary: "Rows."),
            judge: NightJudge(alpha: 0.05, look: look),
            confirming: confirming
        )
    }

    @Test func `all nights together spend alpha and no more`() {
        let spent = (1...100_000).map { NightJudge(alpha: 0.05, look: $0).level }
        #expect(spent.reduce(0, +) < 0.05)
        #expect(spent.reduce(0, +) > 0.0499)
        #expect(abs(spent[0] - 0.05 * 6 / (Double.pi * Double.pi)) < 1e-15)
    }

    @Test func `a bound is the normal quantile of the night's share`() throws {
        // One router on the first night: α₁ = 0.0304 on one side is 1.8751 standard errors.
        let limit = NormalDistribution.quantile(1 - NightJudge(alpha: 0.05, look: 1).level)
        #expect(verdict([Self.row("a", -0.01 * limit * 1.01)]).verdict == .regressed)
        #expect(verdict([Self.row("a", -0.01 * limit * 0.99)]).verdict == .clean)
        // The same drop beside nine other routers, or on a later night, is not enough.
        let others = (0..<9).map { Self.row("b\($0)", 0) }
        #expect(verdict(others + [Self.row("a", -0.01 * limit * 1.01)]).verdict == .clean)
        #expect(verdict([Self.row("a", -0.01 * limit * 1.01)], look: 5).verdict == .clean)
    }

    @Test func `an outage is no regression`() {
        let rows = [Self.row("r", -0.3), Self.row("oracle", -0.25, isCanary: true)]
        let found = verdict(rows)
        #expect(found.verdict == .incomplete)
        #expect(found.alarms.isEmpty)
        #expect(found.text.contains("oracle"))
    }

    @Test func `what single models cost is looked at like their quality, but not where prices say why`() {
        func rows(_ causes: [ChangeCause]) -> [NightEvidence.Row] {
            let dearer = NightEvidence.Number(metric: "mean_cost", estimate: Self.estimate(-0.3), drop: 0)
            let right = NightEvidence.Number(estimate: Self.estimate(0))
            return [
                Self.row("r", -0.3, causes: causes, kind: causes == [.outcomes] ? .withinNoise : .price),
                NightEvidence.Row(
                    name: "fixed-a",
                    kind: .withinNoise,
                    causes: causes,
                    numbers: causes.contains(.prices) ? [right] : [right, dearer],
                    isCanary: true
                ),
            ]
        }
        let found = verdict(rows([.outcomes]))
        #expect(found.verdict == .incomplete)
        #expect(found.text.contains("prices did that the outcomes hold"))
        #expect(found.text.contains("nightly accept"))
        // The number itself rose, whatever is better.
        #expect(found.findings == ["fixed-a (mean cost) moved: +0.3, by 0.276 at least"])
        #expect(verdict(rows([.outcomes, .prices])).verdict == .changed)
    }

    @Test func `a rule may be about another metric than the table's`() {
        let numbers = [
            NightEvidence.Number(estimate: Self.estimate(0)),
            NightEvidence.Number(metric: "regret", estimate: Self.estimate(-0.06), drop: 0.05),
        ]
        let row = NightEvidence.Row(name: "r", kind: .withinNoise, causes: [.outcomes], numbers: numbers)
        let found = verdict([row])
        #expect(found.verdict == .regressed)
        #expect(found.alarms == ["r"])
        #expect(found.findings.first?.hasPrefix("r (regret) is worse: +0.06, by 0.0") == true)
        var lenient = row
        lenient.numbers[1].drop = 0.1
        #expect(verdict([lenient]).verdict == .changed)
    }

    @Test func `a rule that cannot be judged leaves the night without a verdict`() {
        var evidence = NightEvidence(rows: [Self.row("r", 0)], summary: "Rows.")
        evidence.unjudged = ["gate on qnc: r had a value of QNC on the reference night and has none"]
        let found = NightVerdict(evidence, judge: NightJudge(alpha: 0.05, look: 1))
        #expect(found.verdict == .incomplete)
        #expect(!found.spends)
        #expect(found.findings == evidence.unjudged)
    }

    @Test func `rules about no row of the reference night are found where equal bytes said the rest`() {
        let rows = ["small/knn-k-3", "small/best-single", "other~2/linear"].map {
            NightHistory.Row(row: $0, name: $0, metric: "nauc_shared", value: 0.5, low: nil, high: nil)
        }
        func faults(_ gate: GridGate) -> [String] { GateCheck([gate], in: "grid.yaml").findings(among: rows) }
        #expect(faults(GridGate()).isEmpty)
        #expect(faults(GridGate(router: "knn")).isEmpty)
        #expect(faults(GridGate(router: "knn (k=3)", dataset: "small")).isEmpty)
        #expect(faults(GridGate(router: "linear", dataset: "other")).isEmpty)
        #expect(faults(GridGate(router: "linear", dataset: "small")).count == 1)
        let known = "small/knn-k-3, small/best-single, other~2/linear"
        #expect(faults(GridGate(router: "knn-k-4")) == ["gate: no row is called \"knn-k-4\"; known: \(known)"])
    }

    @Test func `what identity explains is changed and not judged`() {
        for cause in [ChangeCause.prices, .items, .pool, .embeddings] {
            let kind: RowChange.Kind = cause == .prices ? .price : cause == .pool ? .pool : .data
            let found = verdict([Self.row("r", -0.3, causes: [cause, .outcomes], kind: kind)])
            #expect(found.verdict == .changed, "\(cause)")
            #expect(found.text.contains("accept") == (cause == .items || cause == .pool || cause == .embeddings))
        }
        #expect(verdict([Self.row("r", -0.3, causes: [.revision], kind: .code)]).verdict == .regressed)
    }

    @Test func `a drop below a rule's is none, and a row without a rule raises no alarm`() {
        #expect(verdict([Self.row("r", -0.06, drop: 0.1)]).verdict == .changed)
        #expect(verdict([Self.row("r", -0.11, drop: 0.1)]).verdict == .regressed)
        #expect(verdict([Self.row("r", -0.3, drop: nil)]).verdict == .clean)
    }

    @Test func `a drop that is not found again raises no alarm`() {
        #expect(verdict([Self.row("r", 0)], look: 20, confirming: ["r"]).verdict == .changed)
        // Alone and measured again it may be found at α, not at the night's share of it.
        #expect(verdict([Self.row("r", -0.02)], look: 20, confirming: ["r"]).verdict == .regressed)
        #expect(verdict([Self.row("r", -0.02)], look: 20).verdict == .clean)
    }

    @Test func `two results of one key are a fault of the machine`() {
        let found = verdict([Self.row("r", -0.3, causes: [.divergence], kind: .changed)])
        #expect(found.verdict == .incomplete)
    }

    @Test func `few seeds cost as much as their share of the variance`() {
        let plain = PairedEstimate(value: 0, itemError: 0.01, isPaired: true, clusters: 5_000)
        let few = PairedEstimate(
            value: 0,
            itemError: 0.01,
            seedError: 0.002,
            seedDegrees: 2,
            isPaired: true,
            clusters: 5_000
        )
        let all = PairedEstimate(
            value: 0,
            itemError: 0,
            seedError: 0.01,
            seedDegrees: 2,
            isPaired: true,
            clusters: 5_000
        )
        let level = 1e-6
        #expect(few.halfWidth(alpha: level) < 1.1 * plain.halfWidth(alpha: level))
        #expect(all.halfWidth(alpha: level) > 50 * plain.halfWidth(alpha: level))
    }
}
