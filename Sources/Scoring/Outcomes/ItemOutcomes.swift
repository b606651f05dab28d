package import RoutingData

/// What choosing each model would have given on each item of a part, missing cells charged.
///
/// A missing cell counts as wrong and costs its model's mean train cost (``PoolStatistics/charge(of:)``).
package struct ItemOutcomes: Sendable {
    /// `[items, models]`, 0…1.
    package let quality: Matrix<Double>
    /// `[items, models]`, in the dataset's cost unit.
    package let cost: Matrix<Double>
    /// `[items * models]`, whether the cell had no outcome.
    package let isMissing: [Bool]
    package let missingCount: Int
    /// What an item costs for which a router had no answer, which counts as wrong: its choice is the number ``models``.
    package let unansweredCost: Double

    package var items: Int { quality.rows }
    package var models: Int { quality.columns }

    /// The outcomes of some rows.
    ///
    /// - Parameters:
    ///   - table: the table; in mode `compat` the filled one, together with `missing` of the table as it was.
    ///   - rows: row numbers, in the order of the items.
    ///   - pool: gives the charge for a missing cell.
    ///   - original: the table before any fill; nil when `table` is as it was.
    package init(_ table: OutcomeTable, rows: [Int], pool: PoolStatistics, original: OutcomeTable? = nil) {
        var quality = table.quality.rows(rows)
        var cost = table.cost.rows(rows)
        var isMissing = [Bool](repeating: false, count: quality.elements.count)
        var missingCount = 0
        let source = original ?? table
        let models = quality.columns
        for (item, row) in rows.enumerated() {
            for model in 0..<models {
                let cell = item * models + model
                if source.quality.elements[row * models + model].isNaN
                    || source.cost.elements[row * models + model].isNaN
                {
                    isMissing[cell] = true
                    missingCount += 1
                }
                if quality.elements[cell].isNaN || cost.elements[cell].isNaN {
                    quality.elements[cell] = 0
                    cost.elements[cell] = pool.charge(of: model)
                }
            }
        }
        self.quality = quality
        self.cost = cost
        self.isMissing = isMissing
        self.missingCount = missingCount
        unansweredCost = pool.dearestCost
    }

    /// The quality of a choice on an item; 0 without an answer.
    @inline(__always)
    package func quality(of choice: Int, on item: Int) -> Double {
        choice < models ? quality.elements[item * models + choice] : 0
    }

    /// The cost of a choice on an item.
    @inline(__always)
    package func cost(of choice: Int, on item: Int) -> Double {
        choice < models ? cost.elements[item * models + choice] : unansweredCost
    }

    /// The mean outcome of sending every item to one model.
    package func single(_ model: Int) -> OperatingPoint {
        var quality = CompensatedSum()
        var cost = CompensatedSum()
        for item in 0..<items {
            quality.add(self.quality.elements[item * models + model])
            cost.add(self.cost.elements[item * models + model])
        }
        return OperatingPoint(cost: cost.value / Double(items), accuracy: quality.value / Double(items))
    }

    /// The mean over the items of the best quality that any model has.
    package var oracleAccuracy: Double {
        var sum = CompensatedSum()
        for item in 0..<items {
            var best = 0.0
            for model in 0..<models { best = max(best, quality.elements[item * models + model]) }
            sum.add(best)
        }
        return sum.value / Double(items)
    }

    /// The model of highest mean quality over the items, the first of equals: the best single model of mode `compat`.
    package var bestSingle: Int {
        firstMaximum((0..<models).map { single($0).accuracy })
    }
}
