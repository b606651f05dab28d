import Foundation
package import RouteGridBase

/// The rows of a `.npy` matrix of floating-point numbers, read a few at a time.
///
/// See ``NumpyArray`` for the format.
package final class NumpyRows {
    package let rows: Int
    package let columns: Int
    private let file: InputFile
    private let start: Int
    private let descriptor: String
    private let elementByteCount: Int

    /// Opens a file and reads its header.
    ///
    /// - Throws: `badInput` when it is no `.npy` file of two dimensions in C order with elements f2, f4 or f8, or is
    ///   shorter or longer than its shape says.
    package init(file path: String) throws(RouteGridError) {
        let file = try InputFile(path)
        let head = try Self.read(file, at: 0, count: min(NumpyArray.longestHead, file.byteCount))
        let (header, start) = try NumpyArray.header(of: head, place: path)
        guard ["<f2", "<f4", "<f8"].contains(header.descriptor), let width = header.elementByteCount else {
            throw .badInput(path, "dtype \"\(header.descriptor)\": expected <f2, <f4 or <f8")
        }
        guard header.shape.count == 2 else {
            throw .badInput(path, "shape \(header.shape): expected two dimensions [rows, width]")
        }
        guard !header.isFortranOrder else {
            throw .badInput(path, "Fortran order: save with numpy.ascontiguousarray")
        }
        let needed = TensorSize.byteCount(shape: header.shape, elementByteCount: width)
        guard let needed, file.byteCount - start == needed else {
            let found = file.byteCount - start
            throw .badInput(
                path,
                "cut off or too long: \(found) bytes of data are not a \(header.descriptor) array of shape \(header.shape)"
            )
        }
        (rows, columns) = (header.shape[0], header.shape[1])
        (self.start, descriptor, elementByteCount) = (start, header.descriptor, width)
        self.file = file
    }

    /// Some rows as float32; float64 elements are rounded.
    ///
    /// - Throws: `badInput` when the file cannot be read or has become shorter.
    package func matrix(_ range: Range<Int>) throws(RouteGridError) -> Matrix<Float> {
        let count = range.count * columns
        let first = start + range.lowerBound * columns * elementByteCount
        let bytes = try Self.read(file, at: first, count: count * elementByteCount)
        let elements = bytes.withUnsafeBytes { raw -> [Float] in
            guard let base = raw.baseAddress else { return [] }
            switch descriptor {
            case "<f4":
                #if _endian(little)
                return [Float](unsafeUninitializedCapacity: count) { target, initialised in
                    UnsafeMutableRawBufferPointer(target).copyMemory(from: raw)
                    initialised = count
                }
                #else
                return Float.read(count, from: base)
                #endif
            case "<f8": return Double.read(count, from: base).map(Float.init)
            default:
                return (0..<count).map { index in
                    let bits = raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
                    return Float(Float16(bitPattern: UInt16(littleEndian: bits)))
                }
            }
        }
        return Matrix(rows: range.count, columns: columns, elements: elements)
    }

    private static func read(
        _ file: borrowing InputFile,
        at offset: Int,
        count: Int
    ) throws(RouteGridError) -> [UInt8] {
        let (descriptor, path) = (file.descriptor, file.path)
        var failure: RouteGridError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, initialised in
            while initialised < count, let base = target.baseAddress {
                let found = pread(descriptor, base + initialised, count - initialised, off_t(offset + initialised))
                if found > 0 {
                    initialised += found
                } else if found == 0 {
                    failure = .badInput(path, "the file became shorter while it was read")
                    return
                } else if errno != EINTR {
                    failure = .badInput(path, FileBytes.reason(errno))
                    return
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
