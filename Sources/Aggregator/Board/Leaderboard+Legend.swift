import Foundation
import Grid
import RouteGridBase

extension Leaderboard {
    /// What the columns that resampling fills mean, a sentence or two each; nothing without them.
    package var statisticsLegend: [String] {
        guard let statistics else { return [] }
        let rows = rows
        guard rows.contains(where: { row in row.metrics.keys.contains { row.interval($0) != nil } }) else { return [] }
        let level = String(format: "%g %%", (1 - statistics.alpha) * 100)
        let unit = statistics.cluster == .prompt ? "prompts" : "items"
        var lines = [
            "**[low, high]**: \(level) interval over which test \(unit) were drawn (\(statistics.bootstrap) shared "
                + "resamples; Wilson's for plain proportions). It holds for the routers as trained: other seeds or train "
                + "sets would add to it."
        ]
        if rows.contains(where: { $0.standing != nil }) {
            lines += [
                "**rank**: the places that the data allow: 1 + rows significantly better … all − rows significantly worse; "
                    + "all pairs of a table tested together (step-down max-T), so that equals are separated in at most "
                    + String(format: "%g %%", statistics.alpha * 100) + " of tables.",
                "**tie**: rows of one letter are not significantly below the first of them.",
                "**MDE**: the smallest difference to the first row that a repetition would find four times out of five.",
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
