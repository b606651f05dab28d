/// An element of a tensor: float64 or float32, with the one bit pattern that its NaN is written as.
package protocol TensorScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    associatedtype Bits: FixedWidthInteger & BitwiseCopyable
    /// The name in tensor files: `F64` or `F32`.
    static var dtype: String { get }
    /// Sign 0, quiet, payload 0: what every NaN is written as, so that digests agree.
    static var canonicalNaN: Bits { get }
    init(bitPattern: Bits)
    var bitPattern: Bits { get }
}

extension Double: TensorScalar {
    package static var dtype: String { "F64" }
    package static var canonicalNaN: UInt64 { 0x7ff8_0000_0000_0000 }
}

extension Float: TensorScalar {
    package static var dtype: String { "F32" }
    package static var canonicalNaN: UInt32 { 0x7fc0_0000 }
}

extension TensorScalar {
    /// Writes values as little-endian bytes to `target`, which may be unaligned and must hold them all.
    static func write(_ values: [Self], to target: UnsafeMutableRawPointer) {
        let width = MemoryLayout<Bits>.size
        for (index, value) in values.enumerated() {
            let bits = value.isNaN ? canonicalNaN : value.bitPattern
            target.storeBytes(of: bits.littleEndian, toByteOffset: index * width, as: Bits.self)
        }
    }

    /// Reads `count` little-endian values from `source`, which may be unaligned and must hold them all.
    static func read(_ count: Int, from source: UnsafeRawPointer) -> [Self] {
        let width = MemoryLayout<Bits>.size
        return Array(unsafeUninitializedCapacity: count) { target, initialised in
            for index in 0..<count {
                let bits = Bits(littleEndian: source.loadUnaligned(fromByteOffset: index * width, as: Bits.self))
                target.initializeElement(at: index, to: Self(bitPattern: bits))
            }
            initialised = count
        }
    }
}
