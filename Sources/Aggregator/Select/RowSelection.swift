import Grid
package import RouteGridBase

/// How a row came to be the one that was read on test.
package struct RowSelection: Sendable {
    package static let optimism = "optimism"
    /// The members of a job that make a configuration up.
    static let configurationMembers = ["router", "modality", "encoder", "fusion"]

    /// A configuration that was chosen, and for which split indices.
    package struct Chosen: Hashable, Sendable {
        /// The members of ``RowSelection/configurationMembers``.
        package let setting: JSONValue
        /// Rising.
        package let indices: [Int]
    }

    let metric: String
    let isLargerBetter: Bool
    /// The row's own dev value over its runs: `{"v": …}`.
    let dev: JSONValue
    /// The mean over the choices of the means that decided, over all that the selection does not keep apart.
    let meanDev: Double?
    /// Configurations of which one was chosen, and those of them that had a dev value: the most of any choice.
    package let configurations: Int
    package let competing: Int
    /// Dev cells without a record: the choice was made among what there was.
    let unreadDevCells: Int
    /// The most frequent first; of equally frequent ones that of the lowest index.
    package let chosen: [Chosen]
    /// Whether each split index had a choice of its own: the row is the mean of the selected.
    package let isByIndex: Bool
    /// Whether a choice was made by a mean over splits that test what others of them judge by.
    let isLeaky: Bool
    /// Members of the router, and of the others, that vary among the candidates.
    private let varied: Set<String>

    /// - Parameters:
    ///   - choices: Those behind the row, one for each split index or one for all of them.
    ///   - runs: The row's runs.
    ///   - dev: The row's dev value.
    init(_ choices: [BoardSeal.Selected], runs: [BoardRun], dev: JSONValue) {
        metric = choices.first?.metric ?? ""
        isLargerBetter = choices.first?.isLargerBetter ?? true
        self.dev = dev
        let decided = choices.compactMap { $0.choice.chosen?.dev }
        meanDev =
            decided.count == choices.count && !decided.isEmpty
            ? decided.reduce(0, +) / Double(decided.count) : nil
        configurations = choices.map(\.choice.configurations).max() ?? 0
        competing = choices.map(\.choice.competing).max() ?? 0
        unreadDevCells = choices.reduce(0) { $0 + $1.choice.unreadDevCells }
        isByIndex = choices.count > 1
        isLeaky = choices.contains(where: \.isLeaky)
        var indices: [JSONValue: Set<Int>] = [:]
        for run in runs {
            let members = (run.job.json.objectValue ?? [:]).filter { Self.configurationMembers.contains($0.key) }
            indices[.object(members), default: []].insert(run.splitIndex)
        }
        chosen = indices.map { Chosen(setting: $0.key, indices: $0.value.sorted()) }.sorted { left, right in
            if left.indices.count != right.indices.count { return left.indices.count > right.indices.count }
            return (left.indices.first ?? 0, left.setting.canonicalText)
                < (right.indices.first ?? 0, right.setting.canonicalText)
        }
        varied = Self.varied(choices.flatMap(\.choice.candidates).map(\.configuration) + chosen.map(\.setting))
    }

    /// By how much better the choice looked on dev than on test: above 0 when dev was rosier, whatever the metric.
    func optimism(_ metrics: [String: JSONValue]) -> JSONValue {
        guard let dev = dev["v"]?.numberValue else { return dev }
        guard let field = metrics[metric], let test = field["v"]?.numberValue else {
            return ["v": .null, "why": metrics[metric]?["why"] ?? "no test value"]
        }
        return ["v": .double(isLargerBetter ? dev - test : test - dev)]
    }

    /// `k=50 in 3 of 5, k=10 in 2 of 5`; nil where one choice was made for all, or there was nothing to choose.
    package var words: String? {
        guard isByIndex, configurations > 1 else { return nil }
        let count = Set(chosen.flatMap(\.indices)).count
        return chosen.map { "\(words(of: $0.setting)) in \($0.indices.count) of \(count)" }.joined(separator: ", ")
    }

    private func words(of setting: JSONValue) -> String {
        var parts: [String] = []
        if varied.contains("kind"), let kind = setting["router"]?["kind"] { parts.append(RowLabels.text(kind)) }
        parts += (setting["router"]?.objectValue ?? [:]).filter { $0.key != "kind" && varied.contains($0.key) }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\($0.key)=\(RowLabels.text($0.value))" }
        let labels = RowLabels(job: setting)
        for (name, text) in [("modality", labels.modality), ("encoder", labels.encoder), ("fusion", labels.fusion)] {
            if varied.contains(name), let text { parts.append(text) }
        }
        return parts.isEmpty ? labels.kind : parts.joined(separator: " ")
    }

    /// The names of what differs: members of the router by their own name.
    private static func varied(_ settings: [JSONValue]) -> Set<String> {
        var values: [String: Set<JSONValue>] = [:]
        for setting in settings {
            for (name, value) in setting["router"]?.objectValue ?? [:] { values[name, default: []].insert(value) }
            for name in ["modality", "encoder", "fusion"] { values[name, default: []].insert(setting[name] ?? .null) }
        }
        return Set(values.filter { $0.value.count > 1 }.keys)
    }

    var json: JSONValue {
        let count = Set(chosen.flatMap(\.indices)).count
        return [
            "metric": .string(metric), "dev": dev, "mean_dev": meanDev.map { .double($0) } ?? .null,
            "configurations": JSONValue(configurations), "competing": JSONValue(competing),
            "unread_dev_cells": JSONValue(unreadDevCells), "by_index": .bool(isByIndex),
            "chosen": .array(
                chosen.map { chosen in
                    let counts: JSONValue = [
                        "count": JSONValue(chosen.indices.count), "of": JSONValue(count),
                        "indices": .array(chosen.indices.map { JSONValue($0) }),
                    ]
                    return .object(
                        (chosen.setting.objectValue ?? [:]).merging(counts.objectValue ?? [:]) { $1 }
                    )
                }
            ),
        ]
    }
}
