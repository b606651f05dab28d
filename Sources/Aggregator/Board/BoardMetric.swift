import Foundation
import RouteGridBase

/// How a metric is shown: its place on the board, its heading, its digits.
struct BoardMetric: Sendable {
    enum Form: Sendable { case share, signedShare, amount }

    let name: String
    let title: String
    let form: Form
    /// For the legend.
    let meaning: String

    /// In the order of the columns; a metric that is not listed here comes after them, by name.
    static let known: [BoardMetric] = [
        BoardMetric(
            name: "nauc_shared",
            title: "nAUC shared",
            form: .share,
            meaning: "area under accuracy over cost, on the cost range of the pool: the same range for every router"
        ),
        BoardMetric(
            name: "nauc_own",
            title: "nAUC own",
            form: .share,
            meaning: "the same on the router's own cost range: rows of different ranges do not compare"
        ),
        BoardMetric(
            name: "ps",
            title: "Ps",
            form: .share,
            meaning:
                "peak score: accuracy at the operating point that was best on dev; in compat the highest of the curve"
        ),
        BoardMetric(
            name: "qnc",
            title: "QNC",
            form: .share,
            meaning:
                "cost of the point that matches the best single model (on dev; in compat on the curve itself), as a share of that "
                + "model's cost; – when none does"
        ),
        BoardMetric(
            name: "accuracy",
            title: "accuracy",
            form: .share,
            meaning: "at the largest budget; missing items count as wrong"
        ),
        BoardMetric(
            name: "mean_cost",
            title: "mean cost",
            form: .amount,
            meaning: "of a query at the largest budget; $/1K: of a thousand queries, where costs are in USD"
        ),
        BoardMetric(
            name: "regret",
            title: "regret",
            form: .signedShare,
            meaning: "accuracy of the oracle less this one"
        ),
        BoardMetric(
            name: "gain",
            title: "gain",
            form: .signedShare,
            meaning: "Ps less the best single model's accuracy"
        ),
        BoardMetric(
            name: RowSelection.optimism,
            title: "optimism",
            form: .signedShare,
            meaning: "by how much better the metric of the selection was on dev than on test; below 0: worse"
        ),
        BoardMetric(name: "rank_score", title: "rank score", form: .share, meaning: "VL-RouterBench's rank score"),
        BoardMetric(name: "aiq", title: "AIQ", form: .share, meaning: "average improvement in quality (RouterBench)"),
        BoardMetric(name: "apgr", title: "APGR", form: .share, meaning: "average performance gap recovered (RouteLLM)"),
    ]

    /// The metrics of tables for people; files for programs hold all.
    ///
    /// Areas over ranges of the rows' own do not compare, so that `sound` shows the shared range alone.
    static func shown(mode: String, detail: BoardTable.Detail) -> Set<String> {
        var names: Set<String> = ["nauc_shared", "ps", "qnc", "accuracy", "mean_cost", "gain", RowSelection.optimism]
        if mode == "compat" { names.insert("nauc_own") }
        if detail == .full { names.insert("regret") }
        return names
    }

    static func named(_ name: String) -> BoardMetric {
        known.first { $0.name == name } ?? BoardMetric(name: name, title: name, form: .share, meaning: "")
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
            return abs(value) >= 1_000 && abs(value) < 1e9
                ? String(format: "%.0f", value) : String(format: "%.3g", value)
        }
    }
}
