/// Counts the fields of a message before it is parsed.
///
/// Two bytes on the wire can become hundreds in memory (an empty item of a repeated field), so a limit on bytes alone
/// does not limit memory.
enum FieldCount {
    /// Whether `bytes` is one envelope whose body has at most ``WireProtocol/maximumFields`` fields.
    static func isWithinLimit(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var outer = Cursor(bytes: buffer)
            var count = 0
            while !outer.isAtEnd {
                guard let field = outer.field() else { return false }
                var inner = Cursor(bytes: UnsafeRawBufferPointer(rebasing: field))
                // Content that is no message ends the loop: it has no fields to count.
                while !inner.isAtEnd, inner.field() != nil {
                    count += 1
                    if count > WireProtocol.maximumFields { return false }
                }
            }
            return true
        }
    }

    private struct Cursor {
        let bytes: UnsafeRawBufferPointer
        var offset = 0

        var isAtEnd: Bool { offset == bytes.count }

        /// Skips one field; returns its content when it is length-delimited, else an empty slice; nil when it is
        /// malformed.
        mutating func field() -> Slice<UnsafeRawBufferPointer>? {
            guard let tag = varint() else { return nil }
            let length: UInt64
            switch tag & 7 {
            case 0: return varint() == nil ? nil : bytes[offset..<offset]
            case 1: length = 8
            case 5: length = 4
            case 2:
                guard let announced = varint() else { return nil }
                length = announced
            default: return nil
            }
            guard length <= UInt64(bytes.count - offset) else { return nil }
            let start = offset
            offset += Int(length)
            return bytes[start..<offset]
        }

        mutating func varint() -> UInt64? {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 70, by: 7) {
                guard offset < bytes.count else { return nil }
                let byte = bytes[offset]
                offset += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte & 0x80 == 0 { return value }
            }
            return nil
        }
    }
}
