package import RouteGridBase

/// Which splits may be looked at together before a choice, and which read the same test items.
extension Split {
    /// Numbers that are equal for splits of which no train or dev row is a test row of another.
    ///
    /// Only over these may a dev value be averaged before something is chosen: under `random` and `kfold` the dev rows
    /// of one index are test rows of others, so that a mean over indices has seen what it is reported on. With a fixed
    /// test part all indices of a seed share it. Splits of kind `held-out` go together when no dataset that one of them
    /// trains on is tested by another.
    package static func sharing(of splits: [Split]) -> [Int] {
        var trained: Set<String> = []
        var tested: Set<String> = []
        for case .heldOut(let train, let test, _, _) in splits.map(\.kind) {
            trained.formUnion(train)
            tested.formUnion(test)
        }
        let areApart = trained.isDisjoint(with: tested)
        var numbers: [JSONValue: Int] = [:]
        return splits.map { split in
            let shared: JSONValue
            switch split.kind {
            case .heldOut where areApart: shared = .string(split.kind.name)
            case .heldOut: shared = [.string(split.kind.name), .object(split.kind.parameters)]
            case .random(_, _, _, _, fixedTest: true):
                shared = [.string(split.kind.name), .object(split.kind.parameters), JSONValue(split.seed)]
            case .kfold(_, _, _, let fixedTest) where fixedTest > 0:
                shared = [.string(split.kind.name), .object(split.kind.parameters), JSONValue(split.seed)]
            default: shared = split.json
            }
            let number = numbers[shared] ?? numbers.count
            numbers[shared] = number
            return number
        }
    }

    /// What says which rows of some samples are the test part, and nothing else: equal for splits that test the same
    /// items.
    ///
    /// How the rest is divided has no say. Parts of one fraction whose train and dev fractions differ may differ by a
    /// row, which rounding gives to one or the other.
    package var testItems: JSONValue {
        var members: [String: JSONValue] = ["kind": .string(kind.name), "seed": JSONValue(seed)]
        switch kind {
        case .random(_, _, let test, let groupBy, let fixedTest):
            members["test"] = .double(test)
            members["group_by"] = .string(groupBy.rawValue)
            members["index"] = fixedTest ? "fixed" : JSONValue(index)
        case .kfold(_, _, let groupBy, let fixedTest) where fixedTest > 0:
            members["kind"] = "random"
            members["test"] = .double(fixedTest)
            members["group_by"] = .string(groupBy.rawValue)
            members["index"] = "fixed"
        case .kfold(let folds, _, let groupBy, _):
            members["folds"] = JSONValue(folds)
            members["group_by"] = .string(groupBy.rawValue)
            members["index"] = JSONValue(index)
        case .heldOut(_, let test, _, _): members = ["kind": .string(kind.name), "test": JSONValue(test.sorted())]
        case .compat(let train): members["train"] = .double(train)
        case .vlCompat(let train, let dev): members["test"] = .double(1 - train - dev)
        }
        return .object(members)
    }

    /// What the split keeps together.
    package var groupBy: GroupBy {
        switch kind {
        case .random(_, _, _, let groupBy, _), .kfold(_, _, let groupBy, _), .heldOut(_, _, _, let groupBy): groupBy
        case .compat, .vlCompat: .sample
        }
    }

    /// Whether every index of a seed has one test part.
    package var isTestFixed: Bool {
        switch kind {
        case .random(_, _, _, _, let fixedTest): fixedTest
        case .kfold(_, _, _, let fixedTest): fixedTest > 0
        default: false
        }
    }
}
