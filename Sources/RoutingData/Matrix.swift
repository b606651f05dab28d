/// A dense row-major matrix with value semantics.
package struct Matrix<Scalar: BitwiseCopyable & Sendable>: Sendable {
    package let rows: Int
    package let columns: Int
    /// `rows * columns` values, row after row.
    package var elements: [Scalar]

    @inlinable package init(rows: Int, columns: Int, elements: [Scalar]) {
        precondition(elements.count == rows * columns, "\(elements.count) values are not \(rows) × \(columns)")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    @inlinable package init(repeating value: Scalar, rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, elements: Array(repeating: value, count: rows * columns))
    }

    @inlinable package subscript(row: Int, column: Int) -> Scalar {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// One row, without a copy.
    @inlinable package func row(_ row: Int) -> ArraySlice<Scalar> { elements[row * columns..<(row + 1) * columns] }

    /// The rows with these numbers, in this order.
    @inlinable package func rows(_ numbers: [Int]) -> Matrix {
        let picked = [Scalar](unsafeUninitializedCapacity: numbers.count * columns) { picked, count in
            elements.withUnsafeBufferPointer { values in
                guard let source = values.baseAddress, var target = picked.baseAddress else { return }
                for number in numbers {
                    precondition(0..<rows ~= number, "row \(number) of \(rows)")
                    target.initialize(from: source + number * columns, count: columns)
                    target += columns
                }
            }
            count = numbers.count * columns
        }
        return Matrix(rows: numbers.count, columns: columns, elements: picked)
    }

    /// The columns with these numbers, in this order.
    @inlinable package func columns(_ numbers: [Int]) -> Matrix {
        var picked: [Scalar] = []
        picked.reserveCapacity(rows * numbers.count)
        for row in 0..<rows { for column in numbers { picked.append(self[row, column]) } }
        return Matrix(rows: rows, columns: numbers.count, elements: picked)
    }
}

extension Matrix: Equatable where Scalar: Equatable {}
