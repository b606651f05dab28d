/// Which characters the names of datasets, models, encoders, grids and workers may not have: the one rule of every
/// border.
///
/// What such a character could do is undone wherever a text is shown; a name that has one is refused all the same,
/// because nobody can type it, and two names that look alike are two.
extension SafeText {
    /// Bytes that a name may have.
    package static let nameBytes = 400

    /// Why a text is no name, in words that follow it; nil when it is one.
    ///
    /// Refused are empty and very long texts, control characters (line feeds, tabs, escapes, zero), line and paragraph
    /// separators, marks that change the direction of a text and other format characters without a shape. Letters,
    /// spaces and signs of every language stay.
    package static func refusal(ofName name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.utf8.count > nameBytes { return "has \(name.utf8.count) bytes, more than \(nameBytes)" }
        return refusedCharacter(in: name).map { "holds \($0)" }
    }

    /// The first character that no name may have, as `a control character (U+001B)`.
    package static func refusedCharacter(in text: String) -> String? {
        text.unicodeScalars.first(where: isRefused).map { scalar in
            let hex = String(scalar.value, radix: 16, uppercase: true)
            let kind = scalar.properties.generalCategory == .format ? "an invisible" : "a control"
            return "\(kind) character (U+\(String(repeating: "0", count: max(0, 4 - hex.count)))\(hex))"
        }
    }

    private static func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        if (0x20..<0x7F).contains(scalar.value) { return false }
        return switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        // Joiners belong to the spelling of some languages.
        case .format: scalar.value != 0x200C && scalar.value != 0x200D
        default: false
        }
    }
}
