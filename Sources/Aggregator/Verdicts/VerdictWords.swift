import Foundation

/// Numbers of verdicts in words: bounds are rounded away from what they claim.
enum VerdictWords {
    /// `0.031`.
    static func accuracy(_ value: Double) -> String { String(format: "%.3f", value) }

    /// `+0.031`; 0 has no sign.
    static func difference(_ value: Double) -> String {
        let text = String(format: "%+.3f", value)
        return text.dropFirst() == "0.000" ? "0.000" : text.replacing("-", with: "−")
    }

    /// A bound that the truth is at least.
    static func atLeast(_ value: Double) -> String { accuracy(towards(.down, value)) }

    /// A bound that the truth is at most.
    static func atMost(_ value: Double) -> String { accuracy(towards(.up, value)) }

    private static func towards(_ rule: FloatingPointRoundingRule, _ value: Double) -> Double {
        (value * 1_000).rounded(rule) / 1_000
    }

    /// `17 %`, `0.4 %`.
    static func percent(_ share: Double) -> String {
        let value = share * 100
        return String(format: abs(value) < 1 ? "%.1f %%" : "%.0f %%", value)
    }

    /// Of a share that is known from above.
    static func percentAtMost(_ share: Double) -> String {
        let value = share * 100
        return value < 1
            ? String(format: "%.1f %%", (value * 10).rounded(.up) / 10) : String(format: "%.0f %%", value.rounded(.up))
    }

    /// At most two digits, rounded up: `4,000`.
    static func count(_ number: Double) -> String {
        guard number.isFinite, number < 1e12 else { return "far more" }
        let unit = pow(10, max(0, floor(log10(max(number, 1))) - 1))
        return grouped(Int((number / unit).rounded(.up) * unit))
    }

    /// `12,000`.
    static func grouped(_ number: Int) -> String {
        var text = String(number)
        var place = text.count - 3
        while place > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return text
    }
}
