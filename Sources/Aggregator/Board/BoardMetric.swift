import Foundation
import RouteGridBase

/// How a metric is shown: its place on the board, its heading, its digits.
struct BoardMetric: Sendable {
    enum Form: Sendable { case share, signedShare, amount }

    let name: String
    let title: String
    let form: Form
    /// Where a page is narrow, the largest goes first.
    let worth: Int
    /// For the legend.
    let meaning: String

    init(_ name: String, _ title: String, _ form: Form = .share, worth: Int = 90, meaning: String) {
        (self.name, self.title, self.form, self.worth, self.meaning) = (name, title, form, worth, meaning)
    }

    /// In the order of the columns; a metric that is not listed here comes after them, by name.
    static let known: [BoardMetric] =
        [
            BoardMetric(
                "nauc_shared",
                "nAUC shared",
                worth: 8,
                meaning: "area under accuracy over cost, on the cost range of the pool: the same range for every router"
            ),
            BoardMetric(
                "nauc_own",
                "nAUC own",
                worth: 70,
                meaning: "the same on the router's own cost range: rows of different ranges do not compare"
            ),
            BoardMetric(
                "ps",
                "Ps",
                worth: 12,
                meaning:
                    "peak score: accuracy at the operating point that was best on dev; in compat the highest of the curve"
            ),
            BoardMetric(
                "accuracy",
                "accuracy",
                worth: 6,
                meaning: "at the largest budget; missing items count as wrong"
            ),
            BoardMetric(
                "mean_cost",
                "mean cost",
                .amount,
                worth: 4,
                meaning: "of a query at the largest budget; $/1K: of a thousand queries, where costs are in USD"
            ),
        ] + savings + [
            BoardMetric("regret", "regret", .signedShare, worth: 60, meaning: "accuracy of the oracle less this one"),
            BoardMetric(
                "gain",
                "gain",
                .signedShare,
                worth: 14,
                meaning: "Ps less the best single model's accuracy"
            ),
            BoardMetric(
                RowSelection.optimism,
                "optimism",
                .signedShare,
                worth: 35,
                meaning: "by how much better the metric of the selection was on dev than on test; below 0: worse"
            ),
            BoardMetric("rank_score", "rank score", meaning: "VL-RouterBench's rank score"),
            BoardMetric("aiq", "AIQ", meaning: "average improvement in quality (RouterBench)"),
            BoardMetric("apgr", "APGR", meaning: "average performance gap recovered (RouteLLM)"),
        ]

    /// What a router saves against the best single model.
    private static var savings: [BoardMetric] {
        var metrics = [
            BoardMetric(
                "qnc",
                "QNC",
                worth: 16,
                meaning:
                    "quality-neutral cost: cost of the cheapest point that reaches the best single model on dev, or else of the "
                    + "best point there, as a share of that model's cost; in mode sound only where test shows that the point is "
                    + "not worse than that model; – otherwise"
            ),
            BoardMetric(
                "qnc_gap",
                "QNC gap",
                .signedShare,
                worth: 55,
                meaning: "accuracy of that point on test less the best single model's"
            ),
            BoardMetric(
                "qnc_cost",
                "QNC cost",
                worth: 54,
                meaning: "cost share of that point, whether or not it is shown to keep the quality"
            ),
        ]
        for (share, worth) in [("95", 52), ("98", 9), ("100", 53)] {
            metrics.append(
                BoardMetric(
                    "cost_at_\(share)",
                    "cost at \(share)%",
                    worth: worth,
                    meaning:
                        "cost of the cheapest point that keeps \(share) % of the best single model's accuracy on dev, as a share of "
                        + "that model's cost"
                )
            )
            metrics.append(
                BoardMetric(
                    "quality_at_\(share)",
                    "kept at \(share)%",
                    worth: worth + 1,
                    meaning: "what that point keeps on test: its accuracy over the best single model's"
                )
            )
        }
        return metrics
    }

    /// The metrics of tables for people; files for programs hold all.
    ///
    /// Areas over ranges of the rows' own do not compare, so that `sound` shows the shared range alone.
    static func shown(mode: String, detail: BoardTable.Detail) -> Set<String> {
        var names: Set<String> = [
            "nauc_shared", "ps", "qnc", "accuracy", "mean_cost", "gain", RowSelection.optimism, "cost_at_98",
            "quality_at_98",
        ]
        if mode == "compat" { names.insert("nauc_own") }
        if detail == .full {
            names.formUnion(["regret", "qnc_gap", "qnc_cost"])
            for share in ["95", "98", "100"] { names.formUnion(["cost_at_\(share)", "quality_at_\(share)"]) }
        }
        return names
    }

    static func named(_ name: String) -> BoardMetric {
        known.first { $0.name == name } ?? BoardMetric(name, name, meaning: "")
    }

    /// Known metrics in their order, then others by name, of those that some row has.
    static func columns(of rows: some Sequence<BoardRow>) -> [BoardMetric] {
        var present: Set<String> = []
        for row in rows { present.formUnion(row.metrics.keys) }
        let others = present.subtracting(known.map(\.name)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return known.filter { present.contains($0.name) } + others.map(named)
    }

    /// The value as a person reads it; an en dash when there is none.
    func text(_ value: Double?) -> String {
        guard let value else { return "–" }
        switch form {
        case .share: return String(format: "%.4f", value)
        case .signedShare: return String(format: "%+.4f", value)
        case .amount:
            if abs(value) >= 1_000 && abs(value) < 1e9 { return String(format: "%.0f", value) }
            // Three digits, zeros at the end too; a point that nothing follows goes.
            let text = String(format: "%#.3g", value)
            return text.hasSuffix(".") ? String(text.dropLast()) : text.replacing(".e", with: "e")
        }
    }
}
