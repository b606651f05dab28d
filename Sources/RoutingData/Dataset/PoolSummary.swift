import RouteGridBase

/// What a pool of models can and cannot do on a dataset, before any router.
package struct PoolSummary: Sendable {
    /// One row of the table of models.
    package var models: [ValidationReport.Model]
    /// The highest accuracy of one model; ties go to the cheaper.
    package var bestSingle: String
    /// The lowest mean cost of one model; empty for a dataset without costs.
    package var cheapest: String
    /// Mean of the best correctness of each sample.
    package var oracleAccuracy: Double
    /// Mean cost of the cheapest model that reaches each sample's best correctness; samples without any outcome left
    /// out.
    ///
    /// NaN for a dataset without costs.
    package var oracleCost: Double

    package init(of dataset: Dataset) {
        models = ValidationReport(of: dataset).models
        let ranked = models.sorted { ($1.accuracy, $0.meanCost) < ($0.accuracy, $1.meanCost) }
        bestSingle = ranked.first?.name ?? ""
        cheapest = models.filter { !$0.meanCost.isNaN }.min { $0.meanCost < $1.meanCost }?.name ?? ""
        var (accuracy, cost, charged) = (0.0, 0.0, 0)
        for row in dataset.samples.indices {
            let costs = dataset.cost?.row(row) ?? dataset.quality.row(row).map { _ in Double.nan }[...]
            let best = zip(dataset.quality.row(row), costs).filter { !$0.0.isNaN }
                .max { ($0.0, $1.1) < ($1.0, $0.1) }
            guard let best else { continue }
            accuracy += best.0
            cost += best.1
            charged += 1
        }
        oracleAccuracy = accuracy / Double(dataset.samples.count)
        oracleCost = cost / Double(charged)
    }
}
