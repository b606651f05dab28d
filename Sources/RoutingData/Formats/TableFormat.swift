/// How the fields of a table stand apart and how its numbers are written.
package struct TableFormat: Hashable, Sendable {
    /// What stands between two fields.
    package enum Separator: String, CaseIterable, Sendable {
        case comma, semicolon, tab, pipe

        var byte: UInt8 {
            switch self {
            case .comma: UInt8(ascii: ",")
            case .semicolon: UInt8(ascii: ";")
            case .tab: 0x09
            case .pipe: UInt8(ascii: "|")
            }
        }
    }

    /// What stands before the fraction of a number.
    package enum Decimal: String, CaseIterable, Sendable { case point, comma }

    package var separator: Separator
    package var decimal: Decimal

    package init(separator: Separator = .comma, decimal: Decimal = .point) {
        (self.separator, self.decimal) = (separator, decimal)
    }

    /// The separator that the first line of a table is written with, when it has another and none of this one.
    func otherSeparator(in bytes: some Sequence<UInt8>) -> Separator? {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == 0x0a { break }
            counts[byte, default: 0] += 1
        }
        guard counts[separator.byte] == nil else { return nil }
        let others = Separator.allCases.filter { counts[$0.byte] != nil }
        return others.max { (counts[$0.byte] ?? 0, $1.rawValue) < (counts[$1.byte] ?? 0, $0.rawValue) }
    }
}
