import CKernels
import RoutingData

extension Matrix<Float> {
    /// The mean of each column in float64, summed in row order.
    func means() -> [Double] {
        var sums = [Double](repeating: 0, count: columns)
        sums.withUnsafeMutableBufferPointer { sums in
            elements.withUnsafeBufferPointer { values in
                guard let sums = sums.baseAddress, let values = values.baseAddress else { return }
                for row in 0..<rows { ck_add_wide(values + row * columns, sums, columns) }
            }
        }
        return sums.map { $0 / Double(max(rows, 1)) }
    }

    /// The same values as doubles.
    func widened() -> Matrix<Double> {
        let wide = [Double](unsafeUninitializedCapacity: elements.count) { wide, count in
            if let target = wide.baseAddress { ck_widen(elements, target, elements.count) }
            count = elements.count
        }
        return Matrix<Double>(rows: rows, columns: columns, elements: wide)
    }
}

extension Matrix<Double> {
    /// The mean of each column, summed in row order.
    func means() -> [Double] {
        var sums = [Double](repeating: 0, count: columns)
        sums.withUnsafeMutableBufferPointer { sums in
            elements.withUnsafeBufferPointer { values in
                for row in 0..<rows {
                    let base = row * columns
                    for column in 0..<columns { sums[column] += values[base + column] }
                }
            }
        }
        return sums.map { $0 / Double(max(rows, 1)) }
    }

    /// Subtracts `values[column]` from every row.
    mutating func subtract(_ values: [Double]) {
        precondition(values.count == columns, "\(values.count) means for \(columns) columns")
        elements.withUnsafeMutableBufferPointer { elements in
            values.withUnsafeBufferPointer { values in
                for row in 0..<rows {
                    let base = row * columns
                    for column in 0..<columns { elements[base + column] -= values[column] }
                }
            }
        }
    }

    func transposed() -> Matrix<Double> {
        var result = Matrix(repeating: 0, rows: columns, columns: rows)
        result.elements.withUnsafeMutableBufferPointer { out in
            elements.withUnsafeBufferPointer { values in
                for row in 0..<rows {
                    for column in 0..<columns { out[column * rows + row] = values[row * columns + column] }
                }
            }
        }
        return result
    }
}
