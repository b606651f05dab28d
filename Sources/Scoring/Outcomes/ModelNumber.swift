package import Catalog

/// The number of a model in its pool, as choices hold it.
package typealias ModelNumber = UInt16

extension ChoiceType {
    /// Choices as a blob holds them: one number an item, point after point, little-endian.
    package func bytes(of choices: [ModelNumber]) -> [UInt8] {
        switch self {
        case .u8: choices.map { UInt8(truncatingIfNeeded: $0) }
        case .u16:
            [UInt8](unsafeUninitializedCapacity: choices.count * 2) { bytes, count in
                for (place, choice) in choices.enumerated() {
                    bytes.initializeElement(at: 2 * place, to: UInt8(truncatingIfNeeded: choice))
                    bytes.initializeElement(at: 2 * place + 1, to: UInt8(truncatingIfNeeded: choice >> 8))
                }
                count = choices.count * 2
            }
        }
    }

    /// The choices in a blob's bytes; a last odd byte of ``u16`` is left out.
    package func choices(in bytes: [UInt8]) -> [ModelNumber] {
        switch self {
        case .u8: bytes.map(ModelNumber.init)
        case .u16: (0..<bytes.count / 2).map { ModelNumber(bytes[2 * $0]) | ModelNumber(bytes[2 * $0 + 1]) << 8 }
        }
    }
}
