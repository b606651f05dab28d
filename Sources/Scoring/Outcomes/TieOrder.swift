package import Catalog

/// Who wins between equal predictions, and what an item gets when nothing is affordable.
///
/// | | equal predicted quality | nothing affordable, or no prediction |
/// |---|---|---|
/// | `sound` | lowest predicted cost, then mean train cost, then first | the item's cheapest model, in that order |
/// | `compat` | first in model order | model 0 |
package struct TieOrder: Sendable {
    package let mode: EvaluationMode
    /// All models, the preferred among equals first.
    package let preference: [Int]

    /// What an item gets that no model has a prediction for.
    package let withoutPrediction: Int

    /// An order that is known: `preference` names each model once.
    package init(_ mode: EvaluationMode, preference: [Int]) {
        (self.mode, self.preference, withoutPrediction) = (mode, preference, preference[0])
    }

    /// The order of a mode over a pool.
    package init(_ mode: EvaluationMode, pool: PoolStatistics) {
        self.mode = mode
        preference = mode == .sound ? pool.byCost : Array(pool.byCost.indices)
        withoutPrediction = preference[0]
    }
}
