import RouteGridBase

/// How far a program says that it is: a line `progress DONE/TOTAL TEXT` on its stderr.
///
/// Both are whole numbers, DONE at most TOTAL; the text may be absent.
package struct ProgramProgress: Hashable, Sendable {
    package var done: Int
    package var total: Int
    package var text: String

    private static let word = "progress "
    /// Characters of the text that are shown.
    private static let shown = 80

    /// Nil for a line of another form.
    package init?(line: Substring) {
        guard line.hasPrefix(Self.word) else { return nil }
        let parts = line.dropFirst(Self.word.count).split(separator: " ", maxSplits: 1)
        let numbers = parts.first?.split(separator: "/", omittingEmptySubsequences: false) ?? []
        guard numbers.count == 2, let done = Int(numbers[0]), let total = Int(numbers[1]), done >= 0, done <= total,
            total > 0
        else { return nil }
        (self.done, self.total) = (done, total)
        text = parts.count > 1 ? SafeText.shortened(SafeText.line(String(parts[1])), to: Self.shown) : ""
    }

    /// The last one in the end of what was written to stderr; a line without its end is not one yet.
    package static func last(in tail: [UInt8]) -> ProgramProgress? {
        guard let end = tail.lastIndex(of: UInt8(ascii: "\n")) else { return nil }
        let lines = String(decoding: tail[..<end], as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.lazy.reversed().compactMap { ProgramProgress(line: $0) }.first
    }

    /// `30/100 text`.
    package var description: String { "\(done)/\(total)" + (text.isEmpty ? "" : " \(text)") }
}
