package import RouteGridBase

/// The name of a key: for people, file names and logs.
///
/// 1 to 63 letters, digits, `-`, `_` and `.` of ASCII, with a letter or digit first: what host names and pods have.
package struct KeyName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    package static let limit = 63

    /// - Throws: `usage` when it is none.
    package init(_ text: String) throws(RouteGridError) {
        guard let name = KeyName(checking: text) else {
            throw RouteGridError(
                .usage,
                "\"\(SafeText.line(String(text.prefix(80))))\" cannot name a key: expected 1 to \(Self.limit) letters, "
                    + "digits, \"-\", \"_\" or \".\", the first a letter or digit"
            )
        }
        self = name
    }

    /// Nil when it is none.
    package init?(checking text: String) {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard (1...Self.limit).contains(text.utf8.count), let first = text.utf8.first, isAlphanumeric(first),
            text.utf8.allSatisfy({ isAlphanumeric($0) || "-_.".utf8.contains($0) })
        else { return nil }
        self.text = text
    }

    package var description: String { text }

    package static func < (left: KeyName, right: KeyName) -> Bool { left.text < right.text }
}
