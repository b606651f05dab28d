import Catalog
import RouteGridBase

/// How the identity of a row or a run reads in a table.
struct RowLabels {
    /// What the runs of a row share, or the job of a run.
    let job: JSONValue

    init(job: JSONValue) { self.job = job }
    init(row: BoardRow) { job = row.job }

    /// Whether a rule's budgets belong to fits, each with one point.
    static func isOfLabels(rule: String?) -> Bool {
        rule.flatMap { BudgetRule(rawValue: $0) }?.descriptor.budgets == .labels
    }

    var kind: String { job["router"]?["kind"]?.stringValue ?? "" }

    /// Every parameter: `k=50;metric=cosine`.
    var allParameters: String { named.map { "\($0.0)=\(RowLabels.text($0.1))" }.joined(separator: ";") }

    /// By name, without `kind`.
    var named: [(String, JSONValue)] {
        (job["router"]?.objectValue ?? [:]).filter { $0.key != "kind" }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
    }

    /// `both`, or `both→text` when training and testing differ; nil for routers that read no embedding.
    var modality: String? {
        guard let train = job["modality"]?["train"]?.stringValue else { return nil }
        let test = job["modality"]?["test"]?.stringValue ?? train
        return train == test ? train : "\(train)→\(test)"
    }

    var trainModality: String? { job["modality"]?["train"]?.stringValue }
    var testModality: String? { job["modality"]?["test"]?.stringValue }
    var fusion: String? { job["fusion"].flatMap(RowLabels.kindAndParameters) }
    /// `text=default, image=default`; nil for routers that read no embedding.
    var encoder: String? {
        guard let names = job["encoder"]?.objectValue, !names.isEmpty else { return nil }
        return names.sorted { $0.key > $1.key }.map { "\($0.key)=\(RowLabels.text($0.value))" }.joined(separator: ", ")
    }

    /// The encoders when they are not those named `default`.
    var namedEncoder: String? {
        let names = job["encoder"]?.objectValue ?? [:]
        return names.values.allSatisfy { $0 == "default" } ? nil : encoder
    }

    /// The pool when it is not all models of the dataset.
    var pool: String? { job["models"]?.stringValue.flatMap { $0 == "all" ? nil : $0 } }
    /// Every parameter: `random (dev=0.2, group_by=sample, …)`.
    var split: String { job["split"].flatMap(RowLabels.kindAndParameters) ?? "" }

    /// What people tell splits apart by: `random 0.6/0.2/0.2, seed 1`, `kfold 4 folds, dev 0.2, seed 1`.
    ///
    /// Three shares are those of train, dev and test; fewer have their names.
    var shortSplit: String {
        guard let split = job["split"], let kind = split["kind"]?.stringValue else { return "" }
        let shares = ["train", "dev", "test"].compactMap { name in split[name].map { (name, RowLabels.text($0)) } }
        var sizes = split["folds"].map { ["\(RowLabels.text($0)) folds"] } ?? []
        if shares.count == 3, shares.allSatisfy({ Double($0.1) != nil }) {
            sizes.append(shares.map(\.1).joined(separator: "/"))
        } else {
            sizes += shares.map { "\($0.0) \($0.1)" }
        }
        var parts = [([kind] + sizes.prefix(1)).joined(separator: " ")] + sizes.dropFirst()
        if split["fixed_test"] == true { parts.append("one test part") }
        if let group = split["group_by"]?.stringValue, group != "sample" { parts.append("by \(group)") }
        if let seed = split["seed"] { parts.append("seed \(RowLabels.text(seed))") }
        return parts.joined(separator: ", ")
    }

    var seed: String? { job["seed"].flatMap { $0 == .null ? nil : RowLabels.text($0) } }
    /// λ of the labels that the router was trained on: one, or those joined into its curve; nil without soft labels.
    var lambda: String? { job["label"]?["lambda"].map(RowLabels.text) }
    /// The budgets joined; nil for every operating point.
    var budgets: String? { job["budget"] == "exact" ? nil : budget }
    var budget: String { job["budget"].map(RowLabels.text) ?? "" }

    /// A kind with its parameters, such as `weighted (text=0.3)`.
    static func kindAndParameters(_ value: JSONValue) -> String? {
        if let name = value.stringValue { return name }
        guard let members = value.objectValue, let kind = members["kind"]?.stringValue else { return nil }
        let rest = members.filter { $0.key != "kind" && $0.value != .null }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return rest.isEmpty ? kind : "\(kind) (\(rest.map { "\($0.key)=\(text($0.value))" }.joined(separator: ", ")))"
    }

    /// Rising whole numbers: `0–4`, `0 2 3`.
    static func numbers(_ numbers: [Int]) -> String {
        guard numbers.count > 2, let first = numbers.first, let last = numbers.last, last - first == numbers.count - 1
        else { return numbers.map(String.init).joined(separator: " ") }
        return "\(first)–\(last)"
    }

    static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .array(let items): items.map(text).joined(separator: " ")
        default: value.jsonText
        }
    }
}
