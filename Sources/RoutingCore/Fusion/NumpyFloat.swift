/// Float32 sums in the order numpy adds them, for the one place where the peer's result hangs on their rounding.
enum NumpyFloat {
    /// `numpy.add.reduce` of contiguous float32: pairwise over blocks of 128, eight running sums in a block.
    static func sum(_ values: UnsafeBufferPointer<Float>) -> Float {
        let count = values.count
        if count < 8 { return values.reduce(0, +) }
        guard count <= 128 else {
            let half = count / 2 - count / 2 % 8
            return sum(UnsafeBufferPointer(rebasing: values[..<half]))
                + sum(UnsafeBufferPointer(rebasing: values[half...]))
        }
        var sums = [Float](values[..<8])
        var index = 8
        while index < count - count % 8 {
            for lane in 0..<8 { sums[lane] += values[index + lane] }
            index += 8
        }
        var total = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
        while index < count {
            total += values[index]
            index += 1
        }
        return total
    }

    /// `numpy.linalg.norm` of each row.
    static func norm(_ row: ArraySlice<Float>) -> Float {
        row.map { $0 * $0 }.withUnsafeBufferPointer { sum($0) }.squareRoot()
    }

    /// `mean()` and `std()`.
    static func meanAndDeviation(_ values: [Float]) -> (mean: Float, deviation: Float) {
        let count = Float(max(values.count, 1))
        let mean = values.withUnsafeBufferPointer { sum($0) } / count
        let squares = values.map { ($0 - mean) * ($0 - mean) }
        return (mean, (squares.withUnsafeBufferPointer { sum($0) } / count).squareRoot())
    }
}
