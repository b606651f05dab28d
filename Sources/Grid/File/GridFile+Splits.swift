import Catalog
import RouteGridBase
import RoutingData

extension GridFile {
    /// The splits axis: list-valued `seed` and `index` inside an entry are axes, seed slowest.
    static func splits(_ node: GridNode?, mode: EvaluationMode, path: String) throws(RouteGridError) -> [Placed<Split>]
    {
        guard let node else {
            let kind: Split.Kind =
                mode == .sound
                ? .random(train: 0.6, dev: 0.2, test: 0.2, groupBy: .sample) : .compat(train: 0.2)
            return [Placed(value: Split(kind: kind, seed: mode == .sound ? 1 : 42), place: "\(path): splits")]
        }
        var splits: [Placed<Split>] = []
        for node in try node.nonEmptyElements(of: "split") {
            splits += try entry(node, mode: mode)
            try checkCount(splits.count, GridRanges.splits, of: "splits", node)
        }
        try refuseRepeats(splits.map { ($0.value.json.canonicalText, $0.place) }, what: "this split")
        return splits
    }

    private static let keysByKind = [
        "random": ["train", "dev", "test", "group_by", "seed", "index"],
        "kfold": ["folds", "dev", "test", "group_by", "seed", "index"],
        "held-out": ["train", "test", "dev", "group_by", "seed", "index"],
        "compat": ["train", "seed"],
        "vl-compat": ["train", "dev", "seed"],
    ]

    private static func entry(_ node: GridNode, mode: EvaluationMode) throws(RouteGridError) -> [Placed<Split>] {
        let any = try GridMapping(node, of: "a split such as {kind: random, …}")
        let kindNode = try any.required("kind", "one of \(Split.kindNames.joined(separator: ", "))")
        let kind = try kindNode.text()
        guard let keys = keysByKind[kind] else {
            throw kindNode.failure("unknown split \"\(kind)\"\(NearestName.hint(kind, in: Split.kindNames))")
        }
        let entry = try GridMapping(node, of: "a split", keys: ["kind"] + keys)
        let parsed = try splitKind(kind, entry)
        if mode == .sound {
            switch parsed {
            case .kfold(_, _, _, let fixedTest) where fixedTest > 0: break
            case .random(_, let dev, _, _, _), .kfold(_, let dev, _, _), .heldOut(_, _, let dev, _),
                .vlCompat(_, let dev):
                guard dev > 0 else { throw node.failure("mode sound chooses on dev: expected a dev part above 0") }
            case .compat: throw node.failure("mode sound chooses on dev, and split compat has no dev part")
            }
        }
        let seedRange = Split.seedRange
        let seeds = try entry["seed"].mapThrowing { node throws(RouteGridError) in
            try integers(node, range: seedRange, what: "seed")
        }
        let indices = try entry["index"].mapThrowing { node throws(RouteGridError) in
            try integers(node, range: Split.indexRange, what: "index")
        }
        let count = product([seeds?.count ?? 1, indices?.count ?? 1], limit: GridRanges.splits)
        guard count <= GridRanges.splits else {
            throw node.failure(
                "\(seeds?.count ?? 1) seeds with \(indices?.count ?? 1) indices are more than \(GridRanges.splits) splits"
            )
        }
        return (seeds ?? [kind.contains("compat") ? 42 : 1]).flatMap { seed in
            (indices ?? [0]).map {
                Placed(value: Split(kind: parsed, seed: seed, index: $0), place: node.place)
            }
        }
    }

    /// `0.2`, or `{fraction: 0.2, fixed: true}`: one test part for all indices of a seed.
    private static func testPart(_ node: GridNode) throws(RouteGridError) -> (fraction: Double, isFixed: Bool) {
        guard node.isMapping else { return (try node.number(0...1), false) }
        let entry = try GridMapping(node, of: "a fraction, or {fraction: …, fixed: true}", keys: ["fraction", "fixed"])
        let fraction = try entry.required("fraction", "a fraction").number(0...1)
        guard let fixed = entry["fixed"] else { return (fraction, false) }
        guard let text = fixed.scalar, ["true", "false"].contains(text) else {
            throw fixed.failure("expected true or false, found \(fixed.found)")
        }
        return (fraction, text == "true")
    }

    private static func splitKind(_ name: String, _ entry: GridMapping) throws(RouteGridError) -> Split.Kind {
        func fraction(_ key: String, default value: Double? = nil) throws(RouteGridError) -> Double {
            if let value, entry[key] == nil { return value }
            return try entry.required(key, "a fraction").number(0...1)
        }
        func names(_ key: String) throws(RouteGridError) -> [String] {
            try entry.required(key, "a list of datasets").nonEmptyElements(of: "dataset").mapThrowing {
                node throws(RouteGridError) in try node.text("a dataset's name")
            }
        }
        var groupBy = Split.GroupBy.sample
        if let node = entry["group_by"] {
            guard let value = Split.GroupBy(rawValue: try node.text()) else {
                throw node.failure("expected one of sample, prompt, found \(node.found)")
            }
            groupBy = value
        }
        switch name {
        case "random":
            let (train, dev) = (try fraction("train"), try fraction("dev", default: 0))
            let (test, isFixed) = try testPart(try entry.required("test", "a fraction"))
            guard train > 0, test > 0, train + dev + test <= 1 + 1e-9 else {
                throw .badInput(entry.place, "expected train and test above 0, and train + dev + test of at most 1")
            }
            return .random(train: train, dev: dev, test: test, groupBy: groupBy, fixedTest: isFixed)
        case "kfold":
            let folds = try entry.required("folds", "a whole number").integer(Split.foldRange)
            guard let node = entry["test"] else {
                return .kfold(folds: folds, dev: try fraction("dev", default: 0), groupBy: groupBy)
            }
            let (test, isFixed) = try testPart(node)
            guard isFixed, test > 0, test < 1 else {
                throw node.failure(
                    "a fold is the test part; expected no test, or {fraction: …, fixed: true} with a fraction between 0 "
                        + "and 1: then that is the test part of every index, and the fold is the dev part"
                )
            }
            if let dev = entry["dev"] {
                throw dev.failure("with a fixed test part the fold is the dev part: expected no dev")
            }
            return .kfold(folds: folds, dev: 0, groupBy: groupBy, fixedTest: test)
        case "held-out":
            let (train, test) = (try names("train"), try names("test"))
            return .heldOut(train: train, test: test, dev: try fraction("dev", default: 0), groupBy: groupBy)
        case "vl-compat": return .vlCompat(train: try fraction("train"), dev: try fraction("dev", default: 0))
        default: return .compat(train: try fraction("train"))
        }
    }
}
