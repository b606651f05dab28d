/// What the names of models, samples and datasets may be: what a person can type into a grid file and see on a board.
package enum NameRule {
    /// The longest name, in bytes of UTF-8.
    package static let limit = 512

    /// What is wrong with a name, or nil.
    package static func problem(_ name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.utf8.count > limit { return "is longer than \(limit) bytes" }
        if name.withoutOuterBlanks != name { return "has blanks at its ends" }
        if name.count > 1, let first = name.first, first == name.last, "\"'".contains(first) {
            return "stands in quotes: expected the bare name"
        }
        for scalar in name.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator:
                return "holds a control character (U+\(hex(scalar)))"
            case .format: return "holds an invisible character (U+\(hex(scalar)))"
            default: continue
            }
        }
        return nil
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension String {
    /// The text without white space before and after it.
    package var withoutOuterBlanks: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = self[start...].lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
        return String(self[start..<end])
    }
}
