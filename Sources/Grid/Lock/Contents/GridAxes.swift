package import Catalog
package import RouteGridBase
package import RoutingData

/// A dataset with one pool of models: what the axes `datasets` and `models` come to.
package struct GridTable: Hashable, Sendable {
    /// The dataset's name in the grid.
    package var dataset: String
    /// The pool in words, as records show it.
    package var pool: String
    package var costUnit: String
    package var sampleCount: Int
    package var samples: Digest
    /// In code-point order.
    package var models: [String]
    package var quality: Digest
    package var cost: CostIdentity
    /// The name of the price sheet, when costs come from one.
    package var prices: String?
    /// Embedding tensors by encoder name: those that the grid's encoders name.
    package var text: [String: Digest]
    package var image: [String: Digest]
    /// The grid's `where` in words, such as `group digit`; nil for the whole dataset.
    package var condition: String?
    /// Test rows under each split of the axis that have a twin which the split does not keep with them (see
    /// `TwinRows`); nil = none under any.
    package var twins: [Int]?
    /// What readers of a board must know of the data, rising.
    package var facts: [DataFact] = []
}

extension GridTable {
    /// The table without what prices make of it: equal for the tables of one value of datasets and models.
    var unpriced: GridTable {
        var table = self
        (table.cost, table.prices, table.costUnit, table.facts) = (.tensor(quality), nil, "", [])
        return table
    }
}

/// Something about data that makes a board say less than it seems to, found when a grid is resolved.
package enum DataFact: String, Hashable, Sendable, CaseIterable {
    /// A model has one number of tokens on nearly all of its answers.
    case constantTokens = "constant-tokens"
    /// Costs that were written down are far from prices times tokens.
    case costMismatch = "cost-mismatch"
    /// Prices are charged for tokens in and out, and some answers took more tokens than these.
    case hiddenTokens = "hidden-tokens"
    /// Some answers are of another model than the one that was asked.
    case otherModel = "other-model"
    /// A model costs nothing on every answer, and others do.
    case zeroPrice = "zero-price"
    /// Some right answers took no tokens that prices are charged for, or cost nothing where others of their model do.
    case zeroUsage = "zero-usage"
}

extension CostAudit {
    /// What readers of a board must know; `isRecorded`: costs are those of the data, else prices make them of tokens.
    func facts(isRecorded: Bool) -> [DataFact] {
        let found: [(DataFact, Bool)] = [
            (.constantTokens, !constants.isEmpty), (.otherModel, !served.isEmpty),
            (.zeroPrice, isRecorded && !free.isEmpty), (.zeroUsage, isRecorded && !freeAnswers.isEmpty),
        ]
        return found.filter(\.1).map(\.0)
    }

    /// The same with models and counts, one sentence each.
    func warnings(isRecorded: Bool) -> [String] {
        [constantWords, servedWords, isRecorded ? freeWords : nil, isRecorded ? freeAnswersWords : nil]
            .compactMap(\.self)
    }
}

/// A pair of encoders: tensors `text.NAME` and `image.NAME` of the datasets.
package struct EncoderPair: Hashable, Sendable {
    package var text: String?
    package var image: String?
}

/// What a router trains on and what it is then asked with.
package struct ModalityPair: Hashable, Sendable {
    package var train: Modality
    package var test: Modality
}

/// A fusion with its revision at the time the grid was frozen.
package struct GridFusion: Hashable, Sendable {
    package var configuration: FusionConfiguration
    package var revision: Int
}

/// One value of the budget axis: an operating point, or all of them, under a rule.
package struct GridBudget: Hashable, Sendable {
    package var rule: BudgetRule
    package var revision: Int
    /// Rule `penalty`: λ multiplies costs in their own unit.
    package var isRawPenalty = false
    package var budget: Budget

    /// The `rule` object of a job key.
    var ruleJSON: JSONValue {
        var members: [String: JSONValue] = ["kind": .string(rule.rawValue), "revision": JSONValue(revision)]
        if isRawPenalty { members["raw"] = true }
        return .object(members)
    }
}

/// The values of every axis that blocks share, slowest first in the order of cells.
package struct GridAxes: Hashable, Sendable {
    /// Datasets, within each its pools, and within each of these the prices.
    package var tables: [GridTable]
    package var encoders: [EncoderPair]
    package var splits: [Split]
    package var modalities: [ModalityPair]
    package var fusions: [GridFusion]
    package var seeds: [Int]
    /// λ of the soft-label rule; empty without that rule.
    package var labels: [LabelConfiguration]
    package var parts: [EvaluationPart]
    package var budgets: [GridBudget]
    /// Neighbouring tables that differ in their prices alone: the values of the axis `prices`.
    package var priceCount = 1
}

/// One `routers` or `include` entry: a router with a list of values for each parameter.
package struct GridBlock: Hashable, Sendable {
    package struct Parameter: Hashable, Sendable {
        package var name: String
        package var values: [JSONValue]
    }

    package var kind: String
    package var revision: Int
    package var reads: RouterDescriptor.Reads
    /// In the order of the grid file; those it does not name follow with their default.
    package var parameters: [Parameter]
    /// The tables it runs on, as numbers into the axis, rising.
    package var tables: [Int]
    /// The budgets its rules allow, as numbers into the axis, rising.
    package var budgets: [Int]
}
