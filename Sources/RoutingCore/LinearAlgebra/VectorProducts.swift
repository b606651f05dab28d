import CKernels

/// Σ x[a + i] y[b + i] of float32 values in float64: eight interleaved sums, added in a fixed order.
@inline(__always)
func dotProduct(
    _ x: UnsafeBufferPointer<Float>,
    _ a: Int,
    _ y: UnsafeBufferPointer<Float>,
    _ b: Int,
    _ count: Int
) -> Double {
    precondition(a >= 0 && a + count <= x.count && b >= 0 && b + count <= y.count, "a vector beyond its matrix")
    guard count > 0, let left = x.baseAddress, let right = y.baseAddress else { return 0 }
    return ck_dot(left + a, right + b, count)
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
    precondition(a >= 0 && a + count <= x.count && b >= 0 && b + count <= y.count, "a vector beyond its matrix")
    guard count > 0, let left = x.baseAddress, let right = y.baseAddress else { return 0 }
    return ck_squared_distance(left + a, right + b, count)
}
