/// Writes comma-separated values (RFC 4180, LF line ends): a field is quoted only when it must be.
package struct CSVWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(header: [String]) { append(header) }

    package mutating func append(_ fields: [String]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            // A lone empty field would be an empty line, which readers skip.
            if field.utf8.contains(where: Self.needsQuotes) || (field.isEmpty && fields.count == 1) {
                bytes.append(UInt8(ascii: "\""))
                for byte in field.utf8 {
                    if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                    bytes.append(byte)
                }
                bytes.append(UInt8(ascii: "\""))
            } else {
                bytes.append(contentsOf: field.utf8)
            }
        }
        bytes.append(0x0A)
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }
}
