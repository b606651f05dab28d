/// Σ x[a + i] y[b + i] of float32 values in float64: eight interleaved sums, added in a fixed order.
@inline(__always)
func dotProduct(
    _ x: UnsafeBufferPointer<Float>,
    _ a: Int,
    _ y: UnsafeBufferPointer<Float>,
    _ b: Int,
    _ count: Int
) -> Double {
    reduceInEights(x, a, y, b, count) { $0 * $1 }
}

/// Σ (x[a + i] − y[b + i])² of float32 values in float64, summed alike.
@inline(__always)
func squaredDistance(
    _ x: UnsafeBufferPointer<Float>,
    _ a: Int,
    _ y: UnsafeBufferPointer<Float>,
    _ b: Int,
    _ count: Int
) -> Double {
    reduceInEights(x, a, y, b, count) { left, right in
        let difference = left - right
        return difference * difference
    }
}

@inline(__always)
private func reduceInEights(
    _ x: UnsafeBufferPointer<Float>,
    _ a: Int,
    _ y: UnsafeBufferPointer<Float>,
    _ b: Int,
    _ count: Int,
    _ term: (SIMD8<Double>, SIMD8<Double>) -> SIMD8<Double>
) -> Double {
    precondition(a >= 0 && a + count <= x.count && b >= 0 && b + count <= y.count, "a vector beyond its matrix")
    guard count > 0, let left = x.baseAddress, let right = y.baseAddress else { return 0 }
    let (p, q) = (UnsafeRawPointer(left + a), UnsafeRawPointer(right + b))
    var sums = SIMD8<Double>.zero
    var index = 0
    while index + 8 <= count {
        let u = p.loadUnaligned(fromByteOffset: index * 4, as: SIMD8<Float>.self)
        let v = q.loadUnaligned(fromByteOffset: index * 4, as: SIMD8<Float>.self)
        sums += term(SIMD8<Double>(u), SIMD8<Double>(v))
        index += 8
    }
    if index < count {
        var (u, v) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
        for lane in 0..<count - index {
            u[lane] = Double(left[a + index + lane])
            v[lane] = Double(right[b + index + lane])
        }
        sums += term(u, v)
    }
    return sums.sum()
}
