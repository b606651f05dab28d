package import RouteGridBase

extension Split {
    /// The rows of a table in three parts.
    ///
    /// A function of the seed, the index and the samples alone. Parts of `random`, `kfold` and `held-out` are in row
    /// order; those of `compat` and `vl-compat` in the order of the peer.
    ///
    /// - Throws: `badInput` when a fraction is out of range or a part that should hold rows is empty.
    /// - Complexity: O(n log n).
    package func parts(of samples: [Sample]) throws(RouteGridError) -> SplitParts {
        let parts: SplitParts
        switch kind {
        case .random(let train, let dev, let test, let groupBy, let fixedTest):
            parts = try randomParts(
                samples,
                train: train,
                dev: dev,
                test: test,
                groupBy: groupBy,
                fixedTest: fixedTest
            )
        case .kfold(let folds, _, let groupBy, let fixedTest) where fixedTest > 0:
            parts = try foldParts(samples, folds: folds, fixedTest: fixedTest, groupBy: groupBy)
        case .kfold(let folds, let dev, let groupBy, _):
            parts = try foldParts(samples, folds: folds, dev: dev, groupBy: groupBy)
        case .heldOut(let train, let test, let dev, let groupBy):
            parts = try heldOutParts(samples, train: train, test: test, dev: dev, groupBy: groupBy)
        case .compat(let train):
            parts = try compatParts(count: samples.count, train: train)
        case .vlCompat(let train, let dev):
            parts = try vlCompatParts(count: samples.count, train: train, dev: dev)
        }
        try requireRows(parts, of: samples.count)
        return parts
    }

    /// Refuses an empty part whose fraction is not zero.
    private func requireRows(_ parts: SplitParts, of count: Int) throws(RouteGridError) {
        let wantsDev: Bool
        var (wantsTrain, wantsTest) = (true, true)
        switch kind {
        case .random(let train, let dev, let test, _, _):
            (wantsTrain, wantsDev, wantsTest) = (train > 0, dev > 0, test > 0)
        case .kfold(_, let dev, _, let fixedTest): wantsDev = dev > 0 || fixedTest > 0
        case .heldOut(_, _, let dev, _), .vlCompat(_, let dev): wantsDev = dev > 0
        case .compat: wantsDev = false
        }
        let needed = [
            ("train", wantsTrain, parts.train), ("dev", wantsDev, parts.dev), ("test", wantsTest, parts.test),
        ]
        for (name, isWanted, rows) in needed where isWanted && rows.isEmpty {
            throw .badInput(place, "the \(name) part is empty: \(count) samples are too few for these fractions")
        }
    }

    /// How error messages call this split.
    var place: String { "split \(kind.name) (seed \(seed), index \(index))" }

    func requireFraction(_ value: Double, _ name: String) throws(RouteGridError) {
        guard value >= 0, value <= 1 else { throw .badInput(place, "\(name): expected a fraction 0…1, found \(value)") }
    }
}

// MARK: - Digest order

extension Split {
    /// The rows of each group, groups in the order of SHA-256("routegrid/split/1" ‖ seed ‖ index ‖ group or sample id),
    /// so that added rows do not move old ones.
    private func orderedGroups(
        _ samples: [Sample],
        rows: [Int],
        groupBy: GroupBy,
        index: String
    ) -> [[Int]] {
        var members: [String: [Int]] = [:]
        for row in rows {
            let name = groupBy == .sample ? samples[row].id : samples[row].group
            members[name, default: []].append(row)
        }
        let seed = String(seed)
        return members.map { name, rows in
            (digest: HashedText.digest(["routegrid/split/1", seed, index, name]), rows: rows)
        }
        .sorted { $0.digest < $1.digest }
        .map(\.rows)
    }

    /// How many whole groups a fraction is; the tiny addend undoes the rounding of products such as 0.29 · 100.
    private func share(_ fraction: Double, of count: Int) -> Int {
        Int((fraction * Double(count) + 1e-9).rounded(.down))
    }

    /// The rows of `fraction` of the groups in the order of the seed alone, and all others.
    private func fixedTestRows(_ samples: [Sample], _ fraction: Double, groupBy: GroupBy) -> (test: [Int], rest: [Int])
    {
        let groups = orderedGroups(samples, rows: Array(samples.indices), groupBy: groupBy, index: "test")
        let count = groups.count - share(1 - fraction, of: groups.count)
        return (groups[..<count].joined().sorted(), groups[count...].joined().sorted())
    }

    private func randomParts(
        _ samples: [Sample],
        train: Double,
        dev: Double,
        test: Double,
        groupBy: GroupBy,
        fixedTest: Bool
    ) throws(RouteGridError) -> SplitParts {
        for (value, name) in [(train, "train"), (dev, "dev"), (test, "test")] { try requireFraction(value, name) }
        guard abs(train + dev + test - 1) < 1e-9 else {
            throw .badInput(place, "train + dev + test: expected 1, found \(train + dev + test)")
        }
        if fixedTest {
            let fixed = fixedTestRows(samples, test, groupBy: groupBy)
            let groups = orderedGroups(samples, rows: fixed.rest, groupBy: groupBy, index: String(index))
            let trainEnd = dev > 0 ? share(train / (train + dev), of: groups.count) : groups.count
            return SplitParts(
                train: groups[..<trainEnd].joined().sorted(),
                dev: groups[trainEnd...].joined().sorted(),
                test: fixed.test
            )
        }
        let groups = orderedGroups(samples, rows: Array(samples.indices), groupBy: groupBy, index: String(index))
        let trainEnd = dev + test > 0 ? share(train, of: groups.count) : groups.count
        let devEnd = test > 0 ? trainEnd + share(dev, of: groups.count) : groups.count
        return SplitParts(
            train: groups[..<trainEnd].joined().sorted(),
            dev: groups[trainEnd..<devEnd].joined().sorted(),
            test: groups[devEnd...].joined().sorted()
        )
    }

    private func foldParts(
        _ samples: [Sample],
        folds: Int,
        dev: Double,
        groupBy: GroupBy
    ) throws(RouteGridError) -> SplitParts {
        guard folds >= 2 else { throw .badInput(place, "folds: expected 2 or more, found \(folds)") }
        guard index >= 0 else { throw .badInput(place, "index: expected 0 or more, found \(index)") }
        try requireFraction(dev, "dev")
        let (order, fold) = index.quotientAndRemainder(dividingBy: folds)
        let groups = orderedGroups(samples, rows: Array(samples.indices), groupBy: groupBy, index: String(order))
        let tested = groups.count * fold / folds..<groups.count * (fold + 1) / folds
        let others = Array(groups[tested.upperBound...]) + Array(groups[..<tested.lowerBound])
        let devCount = min(share(dev, of: groups.count), others.count)
        return SplitParts(
            train: others[devCount...].joined().sorted(),
            dev: others[..<devCount].joined().sorted(),
            test: groups[tested].joined().sorted()
        )
    }

    /// Fold `f` of what is no test part is the dev part.
    private func foldParts(
        _ samples: [Sample],
        folds: Int,
        fixedTest: Double,
        groupBy: GroupBy
    ) throws(RouteGridError) -> SplitParts {
        guard folds >= 2 else { throw .badInput(place, "folds: expected 2 or more, found \(folds)") }
        guard index >= 0 else { throw .badInput(place, "index: expected 0 or more, found \(index)") }
        try requireFraction(fixedTest, "test")
        let (order, fold) = index.quotientAndRemainder(dividingBy: folds)
        let fixed = fixedTestRows(samples, fixedTest, groupBy: groupBy)
        let groups = orderedGroups(samples, rows: fixed.rest, groupBy: groupBy, index: String(order))
        let judged = groups.count * fold / folds..<groups.count * (fold + 1) / folds
        return SplitParts(
            train: (groups[..<judged.lowerBound] + groups[judged.upperBound...]).joined().sorted(),
            dev: groups[judged].joined().sorted(),
            test: fixed.test
        )
    }

    private func heldOutParts(
        _ samples: [Sample],
        train: [String],
        test: [String],
        dev: Double,
        groupBy: GroupBy
    ) throws(RouteGridError) -> SplitParts {
        try requireFraction(dev, "dev")
        if let both = train.first(where: test.contains) {
            throw .badInput(place, "dataset \"\(both)\" is in train and in test: expected it in one of them")
        }
        let known = Set(samples.map(\.dataset))
        for name in train + test where !known.contains(name) {
            throw .badInput(place, "no dataset \"\(name)\" in the table\(NearestName.hint(name, in: known.sorted()))")
        }
        let trainable = samples.indices.filter { train.contains(samples[$0].dataset) }
        let groups = orderedGroups(samples, rows: trainable, groupBy: groupBy, index: String(index))
        let devCount = share(dev, of: groups.count)
        return SplitParts(
            train: groups[devCount...].joined().sorted(),
            dev: groups[..<devCount].joined().sorted(),
            test: samples.indices.filter { test.contains(samples[$0].dataset) }
        )
    }
}
