import Foundation
import Grid
import RouteGridBase

extension Leaderboard {
    /// What the columns of selected rows mean; nothing without a selection.
    package var selectionLegend: [String] {
        guard let selection = rows.lazy.compactMap(\.selection).first else { return [] }
        var lines = [
            "**chosen of**: so many configurations had a value on dev by \(selection.metric); the row is the best of them, and "
                + "test was read for it alone. **optimism**: how much better it looked on dev."
        ]
        if rows.contains(where: { $0.selection?.words != nil }) {
            lines.append(
                "**(selected)**: the choice was made for each split index by itself, and the row is the mean of the "
                    + "selected, whichever they were; **chosen** says how often which setting was."
            )
        }
        return lines
    }

    /// What the flags mean that some row has, a line each.
    package var flagsLegend: [String] {
        Set(rows.flatMap(\.flags)).sorted().map { "`\($0.rawValue)`: \($0.meaning(mode: mode))." }
    }

    /// How many resamples ranks of the tables were counted on: `2048` or `2048–200000`.
    private var comparedReplicates: String {
        let counts = sections.compactMap { $0.comparison?.replicates }
        guard let least = counts.min(), let most = counts.max() else { return "no" }
        return least == most ? "\(least)" : "\(least)–\(most)"
    }

    /// What the columns that resampling fills mean, a sentence or two each; nothing without them.
    package var statisticsLegend: [String] {
        guard let statistics else { return [] }
        let rows = rows
        guard rows.contains(where: { row in row.metrics.keys.contains { row.interval($0) != nil } }) else { return [] }
        let level = String(format: "%g %%", (1 - statistics.alpha) * 100)
        let units = Set(rows.compactMap(\.cluster).map { $0 == .prompt ? "prompts" : "items" })
        let unit = units.count == 1 ? units.joined() : "items, or of prompts where the split keeps them together"
        var lines = [
            "**[low, high]**: \(level) interval over the draw of test \(unit) (\(statistics.bootstrap) paired resamples); "
                + "routers stay as trained."
        ]
        if rows.contains(where: { row in row.metrics.values.contains { $0["lo_seeds"] != nil } }) {
            lines[0] +=
                " With several seeds the interval is also over the draw of seeds (`lo_seeds`, `hi_seeds` in the files, where "
                + "`lo`, `hi` are over items alone); rank and tie are of these fits."
        }
        if mode == "sound", rows.contains(where: { $0.interval("qnc_gap") != nil }) {
            lines.append(
                "**QNC**: only where the interval of its point's accuracy less the best single model's (qnc_gap, holding for all "
                    + "rows of a table together) is above −\(JSONValue.shortestText(statistics.margin)); else – and the reason."
            )
        }
        if rows.contains(where: { $0.standing != nil }) {
            let error = String(format: "%g %%", statistics.alpha * 100)
            lines += [
                "**rank**: the places that the data allow; all pairs of a table tested together, equals separated in at "
                    + "most \(error) of tables. Counted on \(comparedReplicates) resamples, more where a decision is near; "
                    + "`comparisons.csv` lists differences.",
                "**tie**: all rows of one letter are significantly better than all of the next; within a letter, rank says "
                    + "what is known.",
                "**MDE**: the smallest true difference to the first row that this test, which compares all pairs of the table "
                    + "at once, would find in four repetitions of five; – where there is none or items are fewer than 50.",
            ]
        }
        if rows.contains(where: { row in row.metrics.values.contains { $0["sd"] != nil } }) {
            lines.append(
                "**sd**: standard deviation over the runs of a row (seeds and splits); values are their means."
            )
        }
        return lines
    }
}
