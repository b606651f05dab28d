import CPlatform

/// A summary of what an ended slot wrote to standard error: the trap and its place, or its last line.
package struct SlotErrorSummary {
    /// Bytes of a line that are shown.
    private static let shown = 500

    private let lines: [String]
    /// The function in which it trapped, when it did and the program has symbols, and the address.
    private let place: String?

    package init(_ tail: [UInt8]) {
        var (lines, place): ([String], String?) = ([], nil)
        for line in String(decoding: tail, as: UTF8.self).split(whereSeparator: \.isNewline) {
            if line.hasPrefix(CPLATFORM_TRAP_MARK) {
                place = SlotErrorSummary.place(line.dropFirst(CPLATFORM_TRAP_MARK.count))
            } else if !line.allSatisfy(\.isWhitespace) {
                lines.append(String(line.prefix(SlotErrorSummary.shown)))
            }
        }
        (self.lines, self.place) = (lines, place)
    }

    /// The line of a failed check by Swift, else the last line.
    package var last: String {
        let text = lines.last { $0.contains("Fatal error") } ?? lines.last
        guard let place else { return text ?? "no message" }
        return text.map { "\($0), in \(place)" } ?? "a failed check or bad memory access in \(place)"
    }

    /// The text appended to how it ended.
    package var reason: String { ": \(last)" }

    private static func place(_ digits: Substring) -> String? {
        guard let offset = UInt64(digits, radix: 16) else { return nil }
        let address = "routegrid+0x" + String(offset, radix: 16)
        let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
            cplatform_function_at(offset, buffer.baseAddress, buffer.count) > 0
                ? buffer.baseAddress.map { String(cString: $0) } : nil
        }
        return name.map { "\($0) (\(address))" } ?? address
    }
}
