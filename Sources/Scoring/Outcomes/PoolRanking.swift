package import RoutingData

/// The models of a pool by their means over some rows, under the rule of the evaluation: a missing cell is wrong, and
/// costs what its model costs on the rows that it answered.
package struct PoolRanking: Sendable {
    /// `[models]`: the answered quality over all rows; NaN for a model without an outcome.
    package let quality: [Double]
    /// `[models]`: the mean over the answered rows, which charging missing cells by it does not change.
    package let cost: [Double]
    /// `[models]`: the share of rows with an outcome, 0…1.
    package let coverage: [Double]
    /// Models that may be a reference: those of enough coverage; where none has it, those with any outcome; else all.
    package let candidates: [Int]

    /// - Parameters:
    ///   - table: the outcomes.
    ///   - rows: at least one.
    ///   - minimum: the coverage that a reference needs, 0…1.
    package init(_ table: OutcomeTable, rows: [Int], minimum: Double) {
        let answered = table.quality.answeredCounts(over: rows)
        cost = table.cost.columnMeans(over: rows)
        let coverage = answered.map { Double($0) / Double(rows.count) }
        quality = zip(table.quality.columnMeans(over: rows), coverage).map { $0 * $1 }
        self.coverage = coverage
        let known = coverage.indices.filter { coverage[$0] > 0 }
        let covered = known.filter { coverage[$0] >= minimum }
        candidates = !covered.isEmpty ? covered : known.isEmpty ? Array(coverage.indices) : known
    }

    /// Highest quality, then lowest cost, then lowest number.
    package var strongest: Int { strongest(among: candidates) }

    /// Lowest cost, then highest quality, then lowest number.
    package var cheapest: Int {
        candidates.reduce(candidates[0]) { best, model in
            (-cost[model], quality[model]) > (-cost[best], quality[best]) ? model : best
        }
    }

    /// Candidates whose mean cost is at most a limit; the cheapest alone when it is above.
    package func affordable(within limit: Double) -> [Int] {
        let models = candidates.filter { cost[$0] <= limit }
        return models.isEmpty ? [cheapest] : models
    }

    package func strongest(among models: [Int]) -> Int {
        models.reduce(models[0]) { best, model in
            (quality[model], -cost[model]) > (quality[best], -cost[best]) ? model : best
        }
    }
}

extension Matrix<Double> {
    /// How many of some rows have a value in each column.
    fileprivate func answeredCounts(over numbers: [Int]) -> [Int] {
        var counts = [Int](repeating: 0, count: columns)
        for row in numbers {
            for column in 0..<columns where !elements[row * columns + column].isNaN { counts[column] += 1 }
        }
        return counts
    }
}
