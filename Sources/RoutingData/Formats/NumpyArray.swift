package import RouteGridBase

/// A `.npy` array as it stands in the file: element type, shape, bytes.
///
/// - Reference: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays" (versions 1.0, 2.0, 3.0).
package struct NumpyArray: Sendable {
    /// The element type as numpy writes it, such as `<f4`.
    package let descriptor: String
    package let shape: [Int]
    package let isFortranOrder: Bool
    package let place: String
    private let bytes: [UInt8]
    private let start: Int
    private let elementCount: Int

    /// What every `.npy` file begins with.
    static let signature = [0x93] + Array("NUMPY".utf8)
    /// The longest header, in bytes; numpy reads none above 10,000 by itself.
    private static let longestHeader = 1 << 16

    /// Reads an array's header and checks that its data are whole.
    ///
    /// - Throws: `badInput` when the bytes are not a `.npy` file, hold Python objects, or are shorter or longer than
    ///   the shape says.
    package init(bytes: [UInt8], place: String) throws(RouteGridError) {
        let (header, start) = try Self.header(of: bytes, place: place)
        guard let width = header.elementByteCount else {
            throw .badInput(
                place,
                header.descriptor.hasSuffix("O")
                    ? "holds pickled Python objects, which are not read: save a plain numeric array with numpy.save"
                    : "element type \"\(header.descriptor)\": expected a little-endian number such as <f4 or <f8"
            )
        }
        let needed = TensorSize.byteCount(shape: header.shape, elementByteCount: width)
        guard let needed, bytes.count - start == needed else {
            let needed = needed ?? .max
            let relation = bytes.count - start < needed ? "cut off" : "too long"
            throw .badInput(
                place,
                "\(relation): shape \(header.shape) of \(header.descriptor) needs \(needed) bytes of data, found \(bytes.count - start)"
            )
        }
        (descriptor, shape, isFortranOrder) = (header.descriptor, header.shape, header.isFortranOrder)
        (self.bytes, self.start, self.place) = (bytes, start, place)
        elementCount = needed / width
    }

    /// How many bytes of a file show its header, whatever its length.
    static let longestHead = longestHeader + 12

    /// The shape in the header of a file of which the first ``longestHead`` bytes are given.
    static func shape(fromHead bytes: [UInt8], place: String) throws(RouteGridError) -> [Int] {
        try header(of: bytes, place: place).header.shape
    }

    static func header(
        of bytes: [UInt8],
        place: String
    ) throws(RouteGridError) -> (header: NumpyHeader, start: Int) {
        guard bytes.count >= 10, bytes.starts(with: signature) else {
            try PickleFile.refuse(bytes, place: place)
            throw .badInput(place, "not a .npy file: expected what numpy.save writes")
        }
        let lengthByteCount = bytes[6] == 1 ? 2 : 4
        guard (1...3).contains(bytes[6]), bytes.count >= 8 + lengthByteCount else {
            throw .badInput(place, "npy version \(bytes[6]).\(bytes[7]): expected 1.0, 2.0 or 3.0")
        }
        let length = bytes[8..<8 + lengthByteCount].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= longestHeader else { throw .badInput(place, "an npy header of \(length) bytes") }
        let start = 8 + lengthByteCount + length
        guard start <= bytes.count else { throw .badInput(place, "the npy header is cut off") }
        return (try NumpyHeader(text: bytes[(start - length)..<start], place: place), start)
    }

    package init(file: String) throws(RouteGridError) {
        try self.init(bytes: try FileBytes.read(file), place: file)
    }

    /// The values as float64, in C order; element types f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, b1.
    package func doubles() throws(RouteGridError) -> [Double] {
        switch descriptor {
        case "<f8": inOrder(Double.read(elementCount, fromByte: start, of: bytes))
        case "<f2": inOrder(halves().map(Double.init))
        case "<f4": inOrder(Float.read(elementCount, fromByte: start, of: bytes).map(Double.init))
        default: try integers().map(Double.init)
        }
    }

    /// The values as whole numbers, in C order.
    package func integers() throws(RouteGridError) -> [Int] {
        switch descriptor {
        case "<i8": inOrder(whole(Int64.self))
        case "<i4": inOrder(whole(Int32.self))
        case "<i2": inOrder(whole(Int16.self))
        case "|i1": inOrder(whole(Int8.self))
        case "<u4": inOrder(whole(UInt32.self))
        case "<u2": inOrder(whole(UInt16.self))
        case "|u1", "|b1": inOrder(whole(UInt8.self))
        default: throw .badInput(place, "element type \"\(descriptor)\": expected whole numbers such as <i8")
        }
    }

    /// A float32 matrix; float64 elements are rounded.
    ///
    /// - Throws: `badInput` when the array has not two dimensions or its elements are not f4 or f8.
    package func floatMatrix() throws(RouteGridError) -> Matrix<Float> {
        let (rows, columns) = try matrixShape()
        switch descriptor {
        case "<f4":
            return Matrix(
                rows: rows,
                columns: columns,
                elements: inOrder(Float.read(elementCount, fromByte: start, of: bytes))
            )
        case "<f2": return Matrix(rows: rows, columns: columns, elements: inOrder(halves()))
        case "<f8": return Matrix(rows: rows, columns: columns, elements: try doubles().map(Float.init))
        default: throw .badInput(place, "dtype \"\(descriptor)\": expected <f2, <f4 or <f8")
        }
    }

    private func halves() -> [Float] {
        whole(UInt16.self).map { Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0))) }
    }

    /// A float64 matrix of any numeric element type.
    package func doubleMatrix() throws(RouteGridError) -> Matrix<Double> {
        let (rows, columns) = try matrixShape()
        return Matrix(rows: rows, columns: columns, elements: try doubles())
    }

    private func matrixShape() throws(RouteGridError) -> (Int, Int) {
        guard shape.count == 2 else { throw .badInput(place, "shape \(shape): expected two dimensions [rows, width]") }
        return (shape[0], shape[1])
    }

    private func whole<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> [Int] {
        bytes.withUnsafeBytes { raw in
            (0..<elementCount).map { index in
                let offset = start + index * MemoryLayout<Value>.size
                return Int(Value(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Value.self)))
            }
        }
    }

    /// Turns a matrix in Fortran order round.
    private func inOrder<Value>(_ values: [Value]) -> [Value] {
        guard isFortranOrder, shape.count == 2, !values.isEmpty else { return values }
        let (rows, columns) = (shape[0], shape[1])
        return (0..<rows).flatMap { row in (0..<columns).map { values[$0 * rows + row] } }
    }
}

extension TensorScalar {
    fileprivate static func read(_ count: Int, fromByte offset: Int, of bytes: [UInt8]) -> [Self] {
        bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return [] }
            return read(count, from: base + offset)
        }
    }
}
