import Catalog
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

    private init(_ metric: CurveMetric, worth: Int = 90) {
        self.init(metric.descriptor, worth: worth)
    }

    private init(_ descriptor: MetricDescriptor, worth: Int = 90) {
        let form: Form =
            switch descriptor.values {
            case .share, .ratio: .share
            case .difference: .signedShare
            case .cost: .amount
            }
        self.init(descriptor.name, descriptor.title, form, worth: worth, meaning: descriptor.summary)
    }

    /// In the order of the columns; a metric that is not listed here comes after them, by name.
    static let known: [BoardMetric] = [
        BoardMetric(.naucShared, worth: 8), BoardMetric(.naucOwn, worth: 70), BoardMetric(.ps, worth: 12),
        BoardMetric(.accuracy, worth: 6), BoardMetric(.meanCost, worth: 4),
        BoardMetric(.qnc, worth: 16), BoardMetric(.qncGap, worth: 55), BoardMetric(.qncCost, worth: 54),
        BoardMetric(.costAt95, worth: 52), BoardMetric(.qualityAt95, worth: 53),
        BoardMetric(.costAt98, worth: 9), BoardMetric(.qualityAt98, worth: 10),
        BoardMetric(.costAt100, worth: 53), BoardMetric(.qualityAt100, worth: 54),
        BoardMetric(.regret, worth: 60), BoardMetric(.gain, worth: 14),
        BoardMetric(
            RowSelection.optimism,
            "optimism",
            .signedShare,
            worth: 35,
            meaning: "by how much better the metric of the selection was on dev than on test; below 0: worse"
        ),
        BoardMetric(.rankScore),
        BoardMetric(PoolMetrics.averageImprovement, "AIQ", meaning: "average improvement in quality (RouterBench)"),
        BoardMetric(
            "opt_sel",
            "Opt.Sel",
            meaning: "of the items that some model solves, the share that gets the cheapest of the best (RouterArena)"
        ),
        BoardMetric(
            "opt_cost",
            "Opt.Cost",
            meaning: "over the same items the mean of that model's cost divided by the choice's (RouterArena)"
        ),
        BoardMetric("opt_acc", "Opt.Acc", meaning: "accuracy divided by the oracle's (RouterArena)"),
        BoardMetric(
            "gap_closed",
            "gap closed",
            .signedShare,
            meaning: "the share of the accuracy between best single model and oracle that is gained; below 0: lost"
        ),
        BoardMetric(.apgr),
    ]

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
        known.first { $0.name == name } ?? MetricDescriptor.named(name).map { BoardMetric($0) }
            ?? BoardMetric(name, name, meaning: "")
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
