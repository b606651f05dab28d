package import RoutingData

extension OutcomeTable {
    /// Whether any cell has no outcome.
    package var hasMissing: Bool { quality.elements.contains { $0.isNaN } || cost.elements.contains { $0.isNaN } }

    /// A copy in which each missing cell holds its column's mean over all rows, before any split.
    ///
    /// MMR-Bench's fill, for mode `compat` only: it lets test labels into train. A column without any outcome
    /// becomes 0.
    package func filledWithColumnMeans() -> OutcomeTable {
        guard hasMissing else { return self }
        var copy = self
        copy.quality.fillMissing(by: quality.columnMeans())
        copy.cost.fillMissing(by: cost.columnMeans())
        return copy
    }
}

extension Matrix<Double> {
    /// The mean of each column over some rows (all when nil), missing cells left out; NaN for a column that has none.
    package func columnMeans(over numbers: [Int]? = nil) -> [Double] {
        var sums = [Double](repeating: 0, count: columns)
        var counts = [Double](repeating: 0, count: columns)
        let numbers = numbers ?? Array(0..<rows)
        // Plain buffers: an array that a closure captures is checked at each access.
        elements.withUnsafeBufferPointer { values in
            sums.withUnsafeMutableBufferPointer { sums in
                counts.withUnsafeMutableBufferPointer { counts in
                    for row in numbers {
                        precondition(0..<rows ~= row, "row \(row) of \(rows)")
                        for column in 0..<columns {
                            let value = values[row * columns + column]
                            if !value.isNaN {
                                sums[column] += value
                                counts[column] += 1
                            }
                        }
                    }
                }
            }
        }
        return zip(sums, counts).map { $0 / $1 }
    }

    /// Puts `values[column]` (0 when that is NaN) into each missing cell.
    package mutating func fillMissing(by values: [Double]) {
        for index in elements.indices where elements[index].isNaN {
            let value = values[index % columns]
            elements[index] = value.isNaN ? 0 : value
        }
    }
}
