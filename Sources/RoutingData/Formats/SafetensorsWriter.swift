import RouteGridBase

/// Builds a safetensors file whose bytes depend on the tensors alone: float64 first, then float32, each by name.
package struct SafetensorsWriter: Sendable {
    private var doubles: [String: Matrix<Double>] = [:]
    private var floats: [String: Matrix<Float>] = [:]
    private let metadata: [String: String]

    package init(metadata: [String: String] = [:]) { self.metadata = metadata }

    package mutating func add(_ name: String, _ matrix: Matrix<Double>) { doubles[name] = matrix }
    package mutating func add(_ name: String, _ matrix: Matrix<Float>) { floats[name] = matrix }

    /// The whole file; the header is padded so that every value is aligned.
    package func bytes() -> [UInt8] {
        var header: [String: JSONValue] = [:]
        var data: [UInt8] = []
        func append<Scalar: TensorScalar>(_ tensors: [String: Matrix<Scalar>]) {
            for (name, matrix) in tensors.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                let start = data.count
                data.append(contentsOf: Self.bytes(of: matrix))
                header[name] = [
                    "dtype": .string(Scalar.dtype),
                    "shape": .array([JSONValue(matrix.rows), JSONValue(matrix.columns)]),
                    "data_offsets": .array([JSONValue(start), JSONValue(data.count)]),
                ]
            }
        }
        append(doubles)
        append(floats)
        if !metadata.isEmpty { header["__metadata__"] = .object(metadata.mapValues { .string($0) }) }
        var head = JSONValue.object(header).jsonBytes()
        head.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - head.count % 8) % 8))
        let length = UInt64(head.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + head + data
    }

    private static func bytes<Scalar: TensorScalar>(of matrix: Matrix<Scalar>) -> [UInt8] {
        let byteCount = matrix.elements.count * MemoryLayout<Scalar>.size
        return Array(unsafeUninitializedCapacity: byteCount) { target, initialised in
            if let base = UnsafeMutableRawBufferPointer(target).baseAddress { Scalar.write(matrix.elements, to: base) }
            initialised = byteCount
        }
    }
}
