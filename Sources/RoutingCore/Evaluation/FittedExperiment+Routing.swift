package import Catalog
import RoutingData
import Scoring

extension FittedExperiment {
    /// Routes some rows at an unlimited budget, by itself: predictions and the choice among them, nothing kept and no
    /// outcome looked at.
    ///
    /// This is what a router does for every query that it serves, and what latency is measured of. Where a router has
    /// operating points of its own, the last one answers.
    ///
    /// - Parameters:
    ///   - rows: row numbers of the experiment's table.
    ///   - modality: the embeddings used; nil for the modality of the fit.
    /// - Returns: the model number of each of `rows`.
    /// - Throws: ``RouteGridError`` `badInput` when the embeddings are absent.
    package func route(_ rows: [Int], modality: Modality?) throws -> [Int] {
        switch try router.output(for: rows, of: ground.table, modality: modality) {
        case .predictions(let quality, let cost):
            ground.order.choices(quality: quality, cost: cost, atMost: .infinity)
        case .scores(let scores): SoftLabelRule.choices(scores, order: ground.order).elements.map(Int.init)
        case .policies(let policies): policies[policies.count - 1]
        }
    }

    /// Row numbers of the test part, evenly spaced over it: `limit` of them, or all when there are fewer.
    ///
    /// - Throws: `RouteGridError` `badInput` when the part is empty.
    package func testRows(atMost limit: Int) throws -> [Int] {
        let rows = try ground.rows(of: .test)
        let count = min(limit, rows.count)
        return (0..<count).map { rows[$0 * rows.count / count] }
    }
}
