package import Catalog
package import RouteGridBase
package import RoutingData

/// What evaluations on one split share, whatever the router: filled outcomes, train statistics, single models, oracle.
///
/// The aggregator builds the same ground from a dataset and a split to recompute a record's metrics on resamples.
package struct EvaluationGround: Sendable {
    package let mode: EvaluationMode
    /// The table that routers are asked about: filled by column means in mode `compat`, as given in mode `sound`.
    package let table: OutcomeTable
    package let parts: SplitParts
    package let pool: PoolStatistics
    /// Who wins between equal predictions.
    package let order: TieOrder
    /// Bounds of the Rank Score: mean train costs (sound), means of positive costs over all samples (compat).
    package let rankBounds: CostBounds?
    private let original: OutcomeTable
    private let partGrounds = LockedBox<[EvaluationPart: PartGround]>([:])

    /// The ground of a split.
    ///
    /// - Parameters:
    ///   - table: the outcomes.
    ///   - parts: rows of the table.
    ///   - mode: whose rules count.
    ///   - minCoverage: the share of the train part that a reference must have answered, 0…1; of no account in
    ///     `compat`.
    /// - Throws: ``RouteGridError`` `badInput` for an empty train part, a train part without outcomes, or more
    ///   than ``ChoiceType/modelLimit`` models.
    package init(
        _ table: OutcomeTable,
        parts: SplitParts,
        mode: EvaluationMode,
        minCoverage: Double = ReferenceCoverage.standard
    ) throws(RouteGridError) {
        guard table.models.count <= ChoiceType.modelLimit else {
            throw .badInput(
                "models",
                "the pool has \(table.models.count) models: expected at most \(ChoiceType.modelLimit) in one evaluation"
            )
        }
        guard !parts.train.isEmpty else {
            throw .badInput("split", "the train part is empty: expected at least one row")
        }
        self.mode = mode
        self.parts = parts
        original = table
        self.table = mode == .compat ? table.filledWithColumnMeans() : table
        pool = try PoolStatistics(self.table, train: parts.train, minCoverage: minCoverage)
        order = TieOrder(mode, pool: pool)
        rankBounds = mode == .sound ? .trainMeans(pool) : .modelMeans(self.table)
    }

    /// The rows of a part.
    ///
    /// - Throws: `badInput` when there is none.
    package func rows(of part: EvaluationPart) throws(RouteGridError) -> [Int] {
        let rows = part == .dev ? parts.dev : parts.test
        guard !rows.isEmpty else {
            throw .badInput("split", "the \(part.rawValue) part is empty: expected at least one row")
        }
        return rows
    }

    /// The outcomes of a part, missing cells charged.
    ///
    /// - Throws: `badInput` when the part is empty.
    package func outcomes(of part: EvaluationPart) throws(RouteGridError) -> ItemOutcomes {
        ItemOutcomes(table, rows: try rows(of: part), pool: pool, original: original)
    }

    /// What every router's evaluation on a part shares, made when it is first asked for.
    ///
    /// - Throws: `badInput` when the part is empty.
    package func part(_ part: EvaluationPart) throws(RouteGridError) -> PartGround {
        if let known = partGrounds.withLock({ $0[part] }) { return known }
        let fresh = try PartGround(part, of: self)
        partGrounds.withLock { $0[part] = fresh }
        return fresh
    }

    /// The best single model: by train (sound), by the evaluated part (compat).
    package func bestSingle(on outcomes: ItemOutcomes) -> Int { mode == .sound ? pool.best : outcomes.bestSingle }

    /// What metrics on a part refer to.
    ///
    /// - Parameters:
    ///   - outcomes: of the evaluated part.
    ///   - picks: where metrics are read.
    /// - Returns: the reference of this part.
    package func reference(on outcomes: ItemOutcomes, picks: CurvePicks) -> CurveReference {
        let best = bestSingle(on: outcomes)
        return CurveReference(
            mode: mode,
            lowestCost: pool.lowestCost,
            highestCost: pool.highestCost,
            strongCost: pool.charge(of: best),
            cheapest: outcomes.single(pool.cheapest),
            best: outcomes.single(best),
            oracleAccuracy: outcomes.oracleAccuracy,
            rankBounds: rankBounds,
            lowCoverage: pool.lowCoverage.map {
                ModelCoverage(model: table.models[$0], coverage: pool.coverage[$0])
            },
            picks: picks
        )
    }
}

/// Outcomes, slices and reference of one part, whatever the router.
package struct PartGround: Sendable {
    package let rows: [Int]
    package let outcomes: ItemOutcomes
    package let slices: PartSlices
    /// What metrics on this part refer to, without the points that a record picks.
    package let reference: CurveReference

    package init(_ part: EvaluationPart, of ground: EvaluationGround) throws(RouteGridError) {
        rows = try ground.rows(of: part)
        outcomes = try ground.outcomes(of: part)
        slices = PartSlices(of: rows.map { ground.table.samples[$0] })
        reference = ground.reference(on: outcomes, picks: .unpicked(why: "no point is picked"))
    }
}
