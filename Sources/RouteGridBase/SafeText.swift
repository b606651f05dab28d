/// Text from outside (names of datasets, models, routers, workers and runs, reasons of failures) in forms that cannot
/// act on what shows it: a terminal, a log, Markdown, a spreadsheet, a file system.
///
/// What is stored stays as it came; only what is shown goes through here.
package enum SafeText {
    /// One line without anything that moves a cursor, reverses a text or cannot be seen.
    ///
    /// ASCII control characters become their pictures (`␛`, `␊`, `␀`), other control, format and separator characters
    /// their code (`\u{202E}`); all else stays. For terminals, logs and messages.
    package static func line(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        var out = String.UnicodeScalarView()
        var marks = 0
        for scalar in text.unicodeScalars {
            marks = isMark(scalar) ? marks + 1 : 0
            // More than a few marks on one letter leave its line.
            if marks > 4 { continue }
            switch scalar.value {
            case 0..<0x20: out.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
            case 0x7F: out.append("\u{2421}")
            default:
                if isHidden(scalar) { out.append(contentsOf: code(scalar).unicodeScalars) } else { out.append(scalar) }
            }
        }
        return String(out)
    }

    /// One line for Markdown that may be shown as HTML: no mark-up of either, no end of a table's cell.
    package static func markdown(_ text: String) -> String {
        let characters = Array(line(text))
        var out = ""
        for (place, character) in characters.enumerated() {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "|", "\\", "`", "*", "[", "]", "~", "$": out += "\\\(character)"
            // Between two letters it marks nothing up, and most names of models have one.
            case "_": out += isInner(place, of: characters) ? "_" : "\\_"
            default: out.append(character)
            }
        }
        return out
    }

    /// A field of a CSV file that no spreadsheet takes for a formula: `=`, `+`, `-` and `@` in front are quoted by `'`.
    ///
    /// Numbers stay numbers. Commas and quotes are the writer's concern.
    package static func csvField(_ text: String) -> String {
        let text = line(text)
        guard let first = text.unicodeScalars.first else { return text }
        switch first {
        case "=", "+", "-", "@", "＝", "＋", "－", "＠": return Double(text) == nil ? "'" + text : text
        default: return text
        }
    }

    /// The name of one file or folder: letters, digits and `.`, `_`, `@`, `+`, `-` of ASCII, not hidden, at most 120
    /// bytes.
    ///
    /// A slash becomes `_`; where other characters had to go, some digits of the text's digest keep names apart.
    package static func fileName(_ text: String) -> String {
        let limit = 100
        var name = ""
        var isWhole = true
        for scalar in text.unicodeScalars {
            if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
                name.unicodeScalars.append(scalar)
            } else if "._@+-".unicodeScalars.contains(scalar) {
                name.unicodeScalars.append(scalar)
            } else {
                name += "_"
                isWhole = isWhole && scalar == "/"
            }
        }
        if name.isEmpty || name.hasPrefix(".") || name.hasPrefix("-") {
            (name, isWhole) = ("_" + name.dropFirst(), false)
        }
        if name.utf8.count > limit { (name, isWhole) = (String(name.prefix(limit)), false) }
        return isWhole ? name : "\(name)-\(Digest(hashing: text.utf8).hex.prefix(8))"
    }

    /// The text in at most so many columns of a terminal, shortened in its middle by `…`.
    package static func shortened(_ text: String, to width: Int) -> String {
        guard width > 0, self.width(text) > width else { return width > 0 ? text : "" }
        let characters = Array(text)
        var (head, tail): ([Character], [Character]) = ([], [])
        var (used, first, last) = (1, 0, characters.count - 1)
        while first <= last {
            // The head gets the odd column.
            let fromHead = head.count <= tail.count
            let character = characters[fromHead ? first : last]
            let columns = self.width(String(character))
            guard used + columns <= width else { break }
            used += columns
            if fromHead {
                head.append(character)
                first += 1
            } else {
                tail.append(character)
                last -= 1
            }
        }
        return String(head) + "…" + String(tail.reversed())
    }

    /// The columns that a text takes on a terminal: two for wide characters of East Asia and emoji, none for marks.
    package static func width(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { $0 + columns(of: $1) }
    }

    private static func columns(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first(where: { !isMark($0) }) else { return 0 }
        let isEmoji = scalar.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}")
        return isEmoji || wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// Blocks of East Asian Wide and Fullwidth characters (Unicode Standard Annex 11).
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x20000...0x3FFFD,
    ]

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }

    /// Whether a character shows nothing, or changes how its neighbours are shown.
    package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // Joiners belong to the spelling of some languages.
        case .format: scalar.value != 0x200C && scalar.value != 0x200D
        case .control, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        // Spaces of other widths, and letters without a shape.
        case .spaceSeparator: scalar != " "
        default: [0x115F, 0x1160, 0x3164, 0xFFA0].contains(scalar.value)
        }
    }

    private static func code(_ scalar: Unicode.Scalar) -> String {
        "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }

    private static func isInner(_ place: Int, of characters: [Character]) -> Bool {
        guard place > 0, place + 1 < characters.count else { return false }
        return [characters[place - 1], characters[place + 1]].allSatisfy { $0.isLetter || $0.isNumber }
    }
}
