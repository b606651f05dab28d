import Grid
import RouteGridBase

/// How a row came to be the one that was read on test.
package struct RowSelection: Sendable {
    package static let optimism = "optimism"

    let metric: String
    let isLargerBetter: Bool
    /// The row's own dev value over its runs: `{"v": …}`.
    let dev: JSONValue
    /// The mean that decided, over all that the selection does not keep apart.
    let meanDev: Double?
    /// Configurations of which this one was chosen, and those of them that had a dev value.
    package let configurations: Int
    package let competing: Int
    /// Dev cells without a record: the choice was made among what there was.
    let unreadDevCells: Int

    init(_ selected: BoardSeal.Selected, dev: JSONValue) {
        (metric, isLargerBetter) = (selected.metric, selected.isLargerBetter)
        self.dev = dev
        meanDev = selected.choice.chosen?.dev
        configurations = selected.choice.configurations
        competing = selected.choice.competing
        unreadDevCells = selected.choice.unreadDevCells
    }

    /// By how much better the choice looked on dev than on test: above 0 when dev was rosier, whatever the metric.
    func optimism(_ metrics: [String: JSONValue]) -> JSONValue {
        guard let dev = dev["v"]?.numberValue else { return dev }
        guard let field = metrics[metric], let test = field["v"]?.numberValue else {
            return ["v": .null, "why": metrics[metric]?["why"] ?? "no test value"]
        }
        return ["v": .double(isLargerBetter ? dev - test : test - dev)]
    }

    var json: JSONValue {
        [
            "metric": .string(metric), "dev": dev, "mean_dev": meanDev.map { .double($0) } ?? .null,
            "configurations": JSONValue(configurations), "competing": JSONValue(competing),
            "unread_dev_cells": JSONValue(unreadDevCells),
        ]
    }
}
