import RouteGridBase

/// A length of time as people and Slurm write it: `90`, `90s`, `30m`, `4h`, `2d`, `1h30m`, `HH:MM:SS`, `D-HH:MM:SS`.
package struct TimeSpan: Hashable, Sendable {
    package var seconds: Double

    package init(seconds: Double) { self.seconds = seconds }

    /// Nil for a text of another form, and for what is longer than a year.
    package init?(_ text: String) {
        guard let seconds = Self.clock(text) ?? Self.units(text), seconds.isFinite, (0...31_536_000).contains(seconds)
        else { return nil }
        self.seconds = seconds
    }

    private static func units(_ text: String) -> Double? {
        if let plain = number(Substring(text)) { return plain }
        let names: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        var (sum, rest) = (0.0, Substring(text))
        while !rest.isEmpty {
            guard let end = rest.firstIndex(where: { names[$0] != nil }), let count = number(rest[..<end]),
                let unit = names[rest[end]]
            else { return nil }
            sum += count * unit
            rest = rest[rest.index(after: end)...]
        }
        return text.isEmpty ? nil : sum
    }

    /// Hours, minutes and seconds, with days before a hyphen.
    private static func clock(_ text: String) -> Double? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, let last = parts.last else { return nil }
        let days = parts.count == 2 ? number(parts[0]) : 0
        let fields = last.split(separator: ":", omittingEmptySubsequences: false).map { number($0) }
        guard let days, fields.count == 3 || fields.count == 2, !fields.contains(nil) else { return nil }
        let values = fields.compactMap { $0 }
        // `squeue` leaves out hours that are zero.
        return days * 86_400 + values.reduce(0) { $0 * 60 + $1 }
    }

    private static func number(_ text: Substring) -> Double? {
        let isDecimal = !text.isEmpty && text.allSatisfy { ("0"..."9").contains($0) || $0 == "." }
        return isDecimal ? Double(text) : nil
    }

    /// Such as `1h30m`; whole seconds.
    package var text: String {
        var rest = Int(seconds.rounded())
        var text = ""
        for (name, unit) in [("d", 86_400), ("h", 3_600), ("m", 60)] where rest >= unit {
            text += "\(rest / unit)\(name)"
            rest %= unit
        }
        return rest > 0 || text.isEmpty ? text + "\(rest)s" : text
    }
}
