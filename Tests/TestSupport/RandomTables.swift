package import RouteGridBase
package import RoutingData

/// Random small tables with all that is awkward about real ones: ties, missing cells, one item, one model.
package struct RandomTables {
    package var generator: Xoshiro256
    package let items: Int
    package let models: Int

    package init(seed: Int) {
        generator = Xoshiro256(seed: HashedText.digest(["random tables", String(seed)]))
        items = 1 + generator.below(seed % 5 == 0 ? 1 : 12)
        models = 1 + generator.below(seed % 7 == 0 ? 1 : 6)
    }

    /// `rows` × `models` numbers; few distinct ones when `levels` is small, NaN with a probability.
    package mutating func matrix(rows: Int? = nil, levels: Int, missing: Double = 0) -> Matrix<Double> {
        let rows = rows ?? items
        let elements = (0..<rows * models).map { _ -> Double in
            let value = levels > 50 ? generator.uniform() : Double(generator.below(levels)) / Double(max(levels - 1, 1))
            return generator.uniform() < missing ? .nan : value
        }
        return Matrix(rows: rows, columns: models, elements: elements)
    }

    /// A table of `items` test rows after `trainRows` train rows; quality and cost miss the same cells.
    package mutating func table(trainRows: Int, levels: Int, missing: Double) -> (
        table: OutcomeTable, parts: SplitParts
    ) {
        let rows = items + trainRows
        let quality = matrix(rows: rows, levels: 2, missing: missing)
        var cost = matrix(rows: rows, levels: levels)
        for cell in quality.elements.indices where quality.elements[cell].isNaN { cost.elements[cell] = .nan }
        let table = OutcomeTable(
            models: (0..<models).map { "m\($0)" },
            samples: (0..<rows).map { Sample(id: "s\($0)", dataset: "d\($0 % 2)", group: "g\($0)") },
            quality: quality,
            cost: cost
        )
        let parts = SplitParts(train: Array(0..<trainRows), dev: [], test: Array(trainRows..<rows))
        return (table, parts)
    }
}
