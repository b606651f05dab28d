package import Catalog
package import RoutingData

/// A router after its fit: a pure function of the rows it is asked about.
package protocol FittedRouter: Sendable {
    /// What the router says about some rows.
    ///
    /// - Parameters:
    ///   - rows: row numbers of `table`, in the order of the answer.
    ///   - table: the table of the fit, or another one with the same models and embedding widths. Only `oracle`, and in
    ///     mode `compat` the routers whose peer is fitted on the rows it is asked about, read its outcomes.
    ///   - modality: the embeddings used; nil for the modality of the fit.
    /// - Returns: predictions, scores or whole choice vectors, one row or entry for each of `rows`.
    /// - Throws: ``RouteGridError`` `badInput` when the embeddings are absent or of another width than at the fit.
    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput
}

/// A router whose operating points are policies known at the fit: under a listed budget it takes what the budget
/// allows.
protocol CappedRouter: FittedRouter {
    /// The router of one operating point whose mean cost, by train, is at most `limit`, or the cheapest it has.
    ///
    /// Nil in mode `compat`, where budgets do not reach policies.
    func capped(at limit: Double) -> CappedPolicy?
}

/// A policy under a cap.
struct CappedPolicy: Sendable {
    let router: any FittedRouter
    /// Its mean cost by train.
    let plannedCost: Double
}

/// What a router says about a list of rows.
package enum RouterOutput: Sendable {
    /// Predicted quality and cost, both `[rows, models]` and finite: any threshold or penalty rule applies.
    case predictions(quality: Matrix<Double>, cost: Matrix<Double>)
    /// One score a model, `[rows, models]`: one choice a query, the argmax (soft-label rule).
    case scores(Matrix<Double>)
    /// Several choice vectors, each `rows` model numbers long and each one operating point.
    case policies([[Int]])
}
