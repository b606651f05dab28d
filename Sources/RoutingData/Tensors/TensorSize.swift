/// How many bytes a tensor has, for shapes that files claim.
enum TensorSize {
    /// The product of the extents and the element's bytes, or nil when it does not fit an `Int`.
    static func byteCount(shape: [Int], elementByteCount: Int) -> Int? {
        var total = elementByteCount
        for extent in shape {
            let product = total.multipliedReportingOverflow(by: extent)
            guard !product.overflow else { return nil }
            total = product.partialValue
        }
        return total
    }
}
