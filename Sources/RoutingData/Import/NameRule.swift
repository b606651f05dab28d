import RouteGridBase

/// What a name that an import reads may be: any name (`SafeText.refusal(ofName:)`) as a person types it into a grid
/// file.
package enum NameRule {
    /// What is wrong with a name, or nil.
    package static func problem(_ name: String) -> String? {
        if name.withoutOuterBlanks != name { return "has blanks at its ends" }
        if name.count > 1, let first = name.first, first == name.last, "\"'".contains(first) {
            return "stands in quotes: expected the bare name"
        }
        return SafeText.refusal(ofName: name)
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
