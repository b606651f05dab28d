package import RouteGridBase

/// The bytes that a tensor travels as, and whose SHA-256 is the tensor's digest in every key.
///
/// `dtype` in ASCII (`F64`, `F32`) ‖ rows ‖ columns (u64 little-endian each) ‖ the values row after row, little-endian,
/// every NaN as one bit pattern. A tensor blob is therefore named by the digest of the tensor it holds.
package enum TensorBlob {
    private static let headerByteCount = 3 + 8 + 8

    package static func encode(_ matrix: Matrix<Double>) -> [UInt8] { encoded(matrix) }
    package static func encode(_ matrix: Matrix<Float>) -> [UInt8] { encoded(matrix) }

    package static func digest(of matrix: Matrix<Double>) -> Digest { Digest(hashing: encode(matrix)) }
    package static func digest(of matrix: Matrix<Float>) -> Digest { Digest(hashing: encode(matrix)) }

    /// The float64 tensor of a blob; `place` is what the bytes are, for the error message.
    ///
    /// - Throws: `badInput` when the bytes are not a blob of this dtype, whole and with nothing after it.
    package static func decodeDoubles(
        _ bytes: [UInt8],
        place: String = "tensor blob"
    ) throws(RouteGridError) -> Matrix<Double> {
        try decoded(bytes, place: place)
    }

    /// The float32 tensor of a blob; see ``decodeDoubles(_:place:)``.
    package static func decodeFloats(
        _ bytes: [UInt8],
        place: String = "tensor blob"
    ) throws(RouteGridError) -> Matrix<Float> {
        try decoded(bytes, place: place)
    }

    private static func encoded<Scalar: TensorScalar>(_ matrix: Matrix<Scalar>) -> [UInt8] {
        let byteCount = headerByteCount + matrix.elements.count * MemoryLayout<Scalar>.size
        return Array(unsafeUninitializedCapacity: byteCount) { target, initialised in
            for (index, byte) in Scalar.dtype.utf8.enumerated() { target[index] = byte }
            let raw = UnsafeMutableRawBufferPointer(target)
            raw.storeBytes(of: UInt64(matrix.rows).littleEndian, toByteOffset: 3, as: UInt64.self)
            raw.storeBytes(of: UInt64(matrix.columns).littleEndian, toByteOffset: 11, as: UInt64.self)
            if let base = raw.baseAddress { Scalar.write(matrix.elements, to: base + headerByteCount) }
            initialised = byteCount
        }
    }

    private static func decoded<Scalar: TensorScalar>(
        _ bytes: [UInt8],
        place: String
    ) throws(RouteGridError) -> Matrix<Scalar> {
        guard bytes.count >= headerByteCount, bytes.starts(with: Scalar.dtype.utf8) else {
            throw .badInput(place, "expected a tensor blob of dtype \(Scalar.dtype)")
        }
        func word(at offset: Int) -> UInt64 {
            bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let shape = (rows: word(at: 3), columns: word(at: 11))
        let elements = shape.rows.multipliedReportingOverflow(by: shape.columns)
        let size = elements.partialValue.multipliedReportingOverflow(by: UInt64(MemoryLayout<Scalar>.size))
        guard !elements.overflow, !size.overflow, size.partialValue == UInt64(bytes.count - headerByteCount),
            let rows = Int(exactly: shape.rows), let columns = Int(exactly: shape.columns)
        else {
            let found = bytes.count - headerByteCount
            throw .badInput(place, "a tensor of \(shape.rows) × \(shape.columns) does not have \(found) bytes")
        }
        let values: [Scalar] = bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return [] }
            return Scalar.read(rows * columns, from: base + headerByteCount)
        }
        return Matrix(rows: rows, columns: columns, elements: values)
    }
}
