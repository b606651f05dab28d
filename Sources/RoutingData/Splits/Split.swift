/// The rows of a table in three parts, each in the order the split produced.
package struct SplitParts: Equatable, Sendable {
    package var train: [Int]
    package var dev: [Int]
    package var test: [Int]

    package init(train: [Int], dev: [Int], test: [Int]) {
        self.train = train
        self.dev = dev
        self.test = test
    }
}

/// How a table is split: one value of the grid's `splits` axis.
package struct Split: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Seeded random parts in an order of digests; fractions of the groups or samples.
        ///
        /// With `fixedTest` the test part is drawn once a seed, whatever the index, and the index draws train and dev
        /// out of the rest.
        case random(train: Double, dev: Double, test: Double, groupBy: GroupBy, fixedTest: Bool = false)
        /// Split index `r · folds + f` tests on fold `f` of the `r`-th order; `dev` is a fraction of all, taken from
        /// the other folds.
        ///
        /// `fixedTest` above 0 is a fraction of all that is drawn once a seed and is the test part of every index; fold
        /// `f` of the rest is then the dev part, and `dev` is not read.
        case kfold(folds: Int, dev: Double, groupBy: GroupBy, fixedTest: Double = 0)
        /// Trains on some datasets of the table and tests on others; `dev` is a fraction of the train datasets' groups.
        /// Rows of datasets that are not named belong to no part.
        case heldOut(train: [String], test: [String], dev: Double, groupBy: GroupBy)
        /// sklearn's `train_test_split(train_size: train, shuffle: true, random_state: seed)`; no dev part.
        case compat(train: Double)
        /// VL-RouterBench's split: the rows after `numpy.random.seed(seed); numpy.random.shuffle(list)`, cut at
        /// `int(train·n)` and `int(dev·n)` rows further; the rest is the test part.
        case vlCompat(train: Double, dev: Double)
    }

    /// What stays together: samples alone, or all samples with the same `group` of the samples table.
    package enum GroupBy: String, Hashable, Sendable { case sample, prompt }

    package var kind: Kind
    package var seed: Int
    package var index: Int

    package init(kind: Kind, seed: Int, index: Int = 0) {
        self.kind = kind
        self.seed = seed
        self.index = index
    }
}
