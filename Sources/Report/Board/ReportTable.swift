import Aggregator
import Catalog
import RouteGridBase

/// One table of a report.
struct ReportTable {
    /// From 1.
    let number: Int
    let section: BoardSection
    let dataset: String
    let captionParts: [String]
    var caption: String { captionParts.joined(separator: " · ") }
    let remark: String?
    let verdict: Verdict
    /// The best ones, what they are measured against, and the one that the verdict names.
    let rows: [ReportRow]
    /// Rows that are left to the files beside the page.
    let hiddenRows: Int
    let costUnit: CostUnit

    var identity: String { "t\(number)" }
    var ranking: String { section.ranking.metric }

    init(_ section: BoardSection, shown: BoardTable, verdict: Verdict, number: Int, rowLimit: Int) {
        (self.section, self.verdict, self.number) = (section, verdict, number)
        (dataset, captionParts, remark) = (shown.dataset, shown.captionParts, shown.remark)
        let unit = CostUnit(section.rows.lazy.compactMap(\.costUnit).first)
        costUnit = unit
        let kept = section.rows.indices.filter { place in
            place < rowLimit || shown.references.contains(place) || place == verdict.row
        }
        hiddenRows = section.rows.count - kept.count
        rows = kept.map { place in
            ReportRow(section.rows[place], cells: shown.rows[place], columns: shown.columns, number: place, unit: unit)
        }
    }

    /// Rows that compete, routers and what they are measured against.
    var competitors: [ReportRow] { rows.filter { !$0.row.isBound && !$0.curve.isEmpty } }

    /// The metrics of the table for people, the ranking one first.
    var metrics: [MetricDescriptor] {
        let names = [ranking, "accuracy", "gain", "mean_cost", "qnc", "cost_at_98", "quality_at_98"]
        var seen: Set<String> = []
        return names.filter { name in seen.insert(name).inserted && rows.contains { $0.row.value(name) != nil } }
            .compactMap(MetricDescriptor.named)
    }
}

/// How costs are shown.
struct CostUnit {
    /// What costs are multiplied by.
    let factor: Double
    /// Behind a number: `$/1K`.
    let short: String
    /// On an axis.
    let title: String

    init(_ unit: String?) {
        switch unit {
        case "USD": (factor, short, title) = (1_000, "$/1K", "US dollars per 1,000 queries")
        case let unit?: (factor, short, title) = (1, unit, "mean cost of a query, \(unit)")
        case nil: (factor, short, title) = (1, "", "mean cost of a query")
        }
    }
}
