import Grid

/// What a reader of a row must know.
///
/// The one list: a flag is a text in the files, and its line in the legend is printed where it occurs.
package enum BoardFlag: String, Hashable, Sendable, CaseIterable, Comparable {
    /// The router reads the answers: a bound on what is possible.
    case bound
    /// Items that belong together are resampled apart, because the grid says so.
    case cluster
    /// A model has one number of tokens on nearly all of its answers.
    case constantTokens = "constant-tokens"
    /// Costs that were written down are far from prices times tokens.
    case costMismatch = "cost-mismatch"
    /// Recorded under other revisions than this build's.
    case earlier
    /// Some answers took more tokens than the prices are charged for.
    case hiddenTokens = "hidden-tokens"
    /// Not every cell of the row has a record.
    case incomplete
    /// The choice on dev may have seen items of test.
    case leaky
    /// A model of the pool answered too few train items to be a reference.
    case lowCoverage = "low-coverage"
    /// Some outcomes of the evaluated part are missing and count as wrong.
    case missing
    /// The model that served some answers is not the one that was requested.
    case otherModel = "other-model"
    /// The router is a program that may give another result each time.
    case nondeterministic = "non-deterministic"
    /// The row spends more than the largest budget of the table allows.
    case overBudget = "over-budget"
    /// The selection was made among fewer configurations than the grid has: some of their dev cells have no record.
    case partial
    /// The data hold items more than once, in groups of their own.
    case twins
    /// The test part was read without a selection that was frozen before.
    case unsealed
    /// A model costs nothing on every answer, and others do.
    case zeroPrice = "zero-price"
    /// Some right answers took no tokens, or cost nothing.
    case zeroUsage = "zero-usage"

    package static func < (left: BoardFlag, right: BoardFlag) -> Bool { left.rawValue < right.rawValue }

    init(_ fact: DataFact) {
        switch fact {
        case .constantTokens: self = .constantTokens
        case .costMismatch: self = .costMismatch
        case .hiddenTokens: self = .hiddenTokens
        case .otherModel: self = .otherModel
        case .zeroPrice: self = .zeroPrice
        case .zeroUsage: self = .zeroUsage
        }
    }

    /// What the flag says, for the legend of a board in some mode.
    func meaning(mode: String) -> String {
        switch self {
        case .bound: "reads the answers: a bound, not a competitor"
        case .cluster: "resampled by another unit (`statistics.cluster`) than the split keeps together"
        case .constantTokens:
            "a model has one number of tokens on nearly all answers, such as a default in place of "
                + "usage: costs made of it say little"
        case .costMismatch:
            "the costs that the data give are far from prices times tokens: calls (votes, retries) whose "
                + "tokens are not counted, or other prices"
        case .hiddenTokens:
            "some answers took more tokens (reasoning) than the tokens in and out that prices are "
                + "charged for: costs are too low"
        case .earlier:
            "recorded under other revisions (`revisions`) than this build computes: no row averages them "
                + "with later ones"
        case .incomplete: "cells without a record"
        case .leaky:
            "selected by a mean over splits that test each other's dev items: it looks better than it is"
        case .lowCoverage: "a model answered too few train items to be best single, cheapest or strongest"
        case .missing:
            mode == "compat"
                ? "some outcomes are missing; each is filled with the mean of its model, as the benchmarks' code does"
                : "some outcomes are missing; they count as wrong and cost the model's mean"
        case .otherModel:
            "some answers are of another model than was asked: its quality and its price are not those of the one named"
        case .nondeterministic:
            "a program that may give another result each time: the first one counts, and computing it "
                + "again shows nothing"
        case .overBudget: "spends more than the largest budget of its table: shown without a place"
        case .partial: "selected while some dev cells had no record: their configurations did not compete"
        case .twins:
            "some items have a twin (one input, or one group) that the split does not keep with them: "
                + "`n_twins` says how many; intervals are too narrow, and what was trained on may be tested; "
                + "`group_by: prompt` keeps groups together"
        case .unsealed: "test was read without a selection frozen on dev"
        case .zeroPrice:
            "a model costs nothing: its price is not known, or it is free; what is saved by choosing it may be nothing"
        case .zeroUsage: "some right answers took no tokens, and so cost nothing: their usage was not written down"
        }
    }
}
