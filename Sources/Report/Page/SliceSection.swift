import Aggregator
import RouteGridBase
import Scoring

/// Rows by slices of the items: where a router is above or below the best single model.
struct SliceSection {
    /// Rows and slices that are shown.
    private static let mostRows = 30
    private static let mostSlices = 16

    private let rows: [(row: ReportRow, slices: [RowSlices.Slice])]
    /// Places of the slices with the most items, in the order of the files.
    private let shown: [Int]
    private let all: Int
    private let reference: [RowSlices.Slice]?

    init(_ table: ReportTable) {
        let sliced = table.rows.compactMap { row in row.row.slices.map { (row: row, slices: $0.slices) } }
        let slices = sliced.first?.slices ?? []
        // Rows of one table are of the same items.
        rows = sliced.filter { row in
            row.slices.count == slices.count && zip(row.slices, slices).allSatisfy { $0.name == $1.name }
        }
        all = slices.count
        shown = Array(
            slices.indices.sorted { (-slices[$0].count, $0) < (-slices[$1].count, $1) }.prefix(Self.mostSlices)
        ).sorted()
        reference = rows.first { $0.row.row.routerKind == "best-single" }?.slices
    }

    var html: String {
        guard !rows.isEmpty, !shown.isEmpty, let slices = rows.first?.slices else { return "" }
        let heads = shown.map { place in
            "<th class=\"n\" scope=\"col\">\(Markup.text(FrontierPlot.shortened(slices[place].name, to: 24)))"
                + "<br/><small>n = \(slices[place].count)</small></th>"
        }
        let lines = rows.prefix(Self.mostRows).map { row, found in
            "<tr><th scope=\"row\" class=\"router\">\(Markup.text(row.label))</th>"
                + shown.map { cell(found[$0], reference?[$0]) }.joined() + "</tr>"
        }
        var left: [String] = []
        if rows.count > Self.mostRows { left.append("\(rows.count - Self.mostRows) more rows") }
        if all > shown.count { left.append("\(all - shown.count) smaller slices") }
        let more = left.isEmpty ? "" : " \(left.joined(separator: " and ")) are in slices.csv."
        let colours =
            reference == nil
            ? ""
            : " Blue: above the best single model on the same items, orange: below it, where the two intervals have nothing "
                + "in common; smaller differences have no colour (compare tests them item by item)."
        return """
            <details class="routing slices"><summary>By slices of the items</summary>
            <p class="note">Accuracy at the largest budget on the items of each dataset or group, with the interval that holds for all
            \(all) slices of a row together, the routers as they were trained.\(colours)\(more)</p>
            <div class="scroll" tabindex="0" role="region" aria-label="By slices of the items"><table class="heat">
            <thead><tr><th scope="col">router</th>\(heads.joined())</tr></thead>
            <tbody>\(lines.joined(separator: "\n"))</tbody></table></div></details>
            """
    }

    private func cell(_ slice: RowSlices.Slice, _ reference: RowSlices.Slice?) -> String {
        let bounds = (low: slice.interval.low, high: slice.interval.high)
        let digits = min(Numbers.decimals(bounds), 3)
        let isApart = reference.map { bounds.low > $0.interval.high || bounds.high < $0.interval.low } ?? false
        let shade = reference.flatMap { isApart ? " h\(HeatMap.shade(slice.accuracy - $0.accuracy))" : nil } ?? ""
        return "<td class=\"n\(shade)\">\(Numbers.fixed(slice.accuracy, digits))"
            + "<small>\(Numbers.fixed(bounds.low, digits))–\(Numbers.fixed(bounds.high, digits))</small></td>"
    }
}
