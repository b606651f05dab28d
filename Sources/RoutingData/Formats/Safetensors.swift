package import RouteGridBase

/// A safetensors file: a JSON header with name, dtype, shape and byte range of each tensor, then the bytes.
///
/// - Reference: the format section of the safetensors project's README: u64 little-endian header length, header, data;
///   ranges count from the end of the header, leave no hole and do not overlap.
package struct Safetensors: Sendable {
    package struct Tensor: Sendable, Hashable {
        package var dtype: String
        package var shape: [Int]
        /// Bytes from the end of the header.
        package var range: Range<Int>
    }

    package internal(set) var tensors: [String: Tensor] = [:]
    /// The texts under `__metadata__`.
    package internal(set) var metadata: [String: String] = [:]
    package let place: String
    private let bytes: [UInt8]
    private let dataStart: Int

    /// The longest header, in bytes (8 MiB): some hundred bytes a tensor.
    private static let longestHeader: UInt64 = 8 << 20

    private static let elementByteCounts = [
        "BOOL": 1, "U8": 1, "I8": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2, "I32": 4, "U32": 4, "F32": 4, "I64": 8,
        "U64": 8, "F64": 8,
    ]

    /// Reads and checks the header; tensors are decoded when asked for.
    ///
    /// - Throws: `badInput` naming the tensor when the file is cut off, a range overlaps, leaves a hole or runs out of
    ///   the file, or a shape does not fit its bytes.
    package init(bytes: [UInt8], place: String) throws(RouteGridError) {
        guard bytes.count >= 8 else { throw .badInput(place, "not a safetensors file: \(bytes.count) bytes") }
        let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length >= 2, length <= Self.longestHeader else {
            throw .badInput(place, "not a safetensors file: a header of \(length) bytes")
        }
        guard length <= UInt64(bytes.count - 8) else {
            throw .badInput(place, "cut off: the header has \(length) bytes, the file only \(bytes.count - 8) more")
        }
        dataStart = 8 + Int(length)
        self.bytes = bytes
        self.place = place
        guard case .object(let members) = try JSONValue(parsing: bytes[8..<dataStart], place: "\(place) header") else {
            throw .badInput(place, "the safetensors header is not a JSON object")
        }
        for (name, value) in members {
            if name == "__metadata__" {
                metadata = try Self.metadata(value, place: place)
            } else {
                tensors[name] = try Self.tensor(value, place: "\(place): tensor \"\(name)\"")
            }
        }
        try checkRanges()
    }

    package init(file: String) throws(RouteGridError) {
        try self.init(bytes: try FileBytes.read(file), place: file)
    }

    private static func metadata(_ value: JSONValue, place: String) throws(RouteGridError) -> [String: String] {
        guard let members = value.objectValue, case let texts = members.compactMapValues(\.stringValue),
            texts.count == members.count
        else { throw .badInput(place, "__metadata__: expected texts") }
        return texts
    }

    private static func tensor(_ value: JSONValue, place: String) throws(RouteGridError) -> Tensor {
        guard let dtype = value["dtype"]?.stringValue, let width = elementByteCounts[dtype] else {
            throw .badInput(place, "dtype: expected one of \(elementByteCounts.keys.sorted().joined(separator: ", "))")
        }
        guard let extents = value["shape"]?.arrayValue, case let shape = extents.compactMap(\.integerValue),
            shape.count == extents.count, shape.allSatisfy({ $0 >= 0 })
        else { throw .badInput(place, "shape: expected a list of whole numbers") }
        guard let ends = value["data_offsets"]?.arrayValue?.compactMap(\.integerValue), ends.count == 2,
            ends[0] >= 0, ends[0] <= ends[1]
        else { throw .badInput(place, "data_offsets: expected [begin, end] with begin ≤ end") }
        let needed = TensorSize.byteCount(shape: shape, elementByteCount: width)
        guard needed == ends[1] - ends[0] else {
            throw .badInput(
                place,
                "shape \(shape) of \(dtype) needs \(needed.map(String.init) ?? "too many") bytes, its data_offsets hold \(ends[1] - ends[0])"
            )
        }
        return Tensor(dtype: dtype, shape: shape, range: ends[0]..<ends[1])
    }

    private func checkRanges() throws(RouteGridError) {
        let byteCount = bytes.count - dataStart
        var end = 0
        let ordered = tensors.sorted {
            ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key) < (
                $1.value.range.lowerBound, $1.value.range.upperBound, $1.key
            )
        }
        for (name, tensor) in ordered {
            guard tensor.range.upperBound <= byteCount else {
                throw .badInput(
                    place,
                    "cut off: tensor \"\(name)\" ends at byte \(tensor.range.upperBound) of \(byteCount) bytes of data"
                )
            }
            guard tensor.range.lowerBound == end else {
                let what = tensor.range.lowerBound < end ? "overlaps the tensor before it" : "leaves a hole before it"
                throw .badInput(place, "tensor \"\(name)\" \(what): expected it to begin at byte \(end)")
            }
            end = tensor.range.upperBound
        }
        guard end == byteCount else { throw .badInput(place, "\(byteCount - end) bytes after the last tensor") }
    }

    /// A float64 tensor of two dimensions.
    ///
    /// - Throws: `badInput` when it is absent, of another dtype, or has not two dimensions.
    package func doubles(_ name: String) throws(RouteGridError) -> Matrix<Double> { try matrix(name) }

    /// A float32 tensor of two dimensions; see ``doubles(_:)``.
    package func floats(_ name: String) throws(RouteGridError) -> Matrix<Float> { try matrix(name) }

    /// An int64 tensor of one dimension.
    ///
    /// - Throws: `badInput` when it is absent, of another dtype, or has not one dimension.
    package func integers(_ name: String) throws(RouteGridError) -> [Int64] {
        guard let tensor = tensors[name] else {
            throw .badInput(place, "no tensor \"\(name)\"\(NearestName.hint(name, in: tensors.keys.sorted()))")
        }
        guard tensor.dtype == "I64", tensor.shape.count == 1 else {
            throw .badInput(
                place,
                "tensor \"\(name)\": expected I64 of one dimension, found \(tensor.dtype) of shape \(tensor.shape)"
            )
        }
        return bytes.withUnsafeBytes { raw in
            (0..<tensor.shape[0]).map { index in
                let offset = dataStart + tensor.range.lowerBound + index * 8
                return Int64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Int64.self))
            }
        }
    }

    private func matrix<Scalar: TensorScalar>(_ name: String) throws(RouteGridError) -> Matrix<Scalar> {
        guard let tensor = tensors[name] else {
            throw .badInput(place, "no tensor \"\(name)\"\(NearestName.hint(name, in: tensors.keys.sorted()))")
        }
        guard tensor.dtype == Scalar.dtype else {
            throw .badInput(place, "tensor \"\(name)\": expected dtype \(Scalar.dtype), found \(tensor.dtype)")
        }
        guard tensor.shape.count == 2 else {
            throw .badInput(place, "tensor \"\(name)\": expected two dimensions, found shape \(tensor.shape)")
        }
        let (rows, columns) = (tensor.shape[0], tensor.shape[1])
        let values: [Scalar] = bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return [] }
            return Scalar.read(rows * columns, from: base + dataStart + tensor.range.lowerBound)
        }
        return Matrix(rows: rows, columns: columns, elements: values)
    }
}
