/// Counts the fields of a message before it is parsed.
///
/// Two bytes on the wire can become hundreds in memory (an empty item of a repeated field), so a limit on bytes alone
/// does not limit memory.
enum FieldCount {
    /// Whether `bytes` is one envelope whose body has at most ``WireProtocol/maximumFields`` fields.
    static func isWithinLimit(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var outer = FieldCursor(bytes: buffer)
            var count = 0
            while !outer.isAtEnd {
                guard let field = outer.next() else { return false }
                guard let content = field.content else { continue }
                var inner = FieldCursor(bytes: UnsafeRawBufferPointer(rebasing: content))
                // Content that is no message ends the loop: it has no fields to count.
                while !inner.isAtEnd, inner.next() != nil {
                    count += 1
                    if count > WireProtocol.maximumFields { return false }
                }
            }
            return true
        }
    }
}
