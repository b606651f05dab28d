import Foundation

/// Numbers as text, the same on every machine.
enum Numbers {
    /// A coordinate: at most two decimals.
    static func coordinate(_ value: Double) -> String {
        var text = String(format: "%.2f", value)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text == "-0" ? "0" : text
    }

    /// How many decimals a value has: one more than half the width of its interval supports; 3 without an interval.
    static func decimals(_ interval: (low: Double, high: Double)?) -> Int {
        guard let interval, isWide(interval) else { return 3 }
        let half = (interval.high - interval.low) / 2
        return min(max(Int(-log10(half).rounded(.down)) + 1, 0), 8)
    }

    /// Whether an interval is more than rounding.
    static func isWide(_ interval: (low: Double, high: Double)) -> Bool {
        interval.high - interval.low > 1e-9 * max(abs(interval.low), abs(interval.high))
    }

    /// With so many decimals; a true minus sign.
    static func fixed(_ value: Double, _ decimals: Int, signed: Bool = false) -> String {
        let text = String(format: signed ? "%+.\(decimals)f" : "%.\(decimals)f", value)
        let isZero = !text.contains { ("1"..."9").contains($0) }
        if isZero { return String(format: "%.\(decimals)f", 0.0) }
        return text.replacing("-", with: "−")
    }

    /// A number of an axis or a cost without an interval: three digits.
    static func short(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        if abs(value) >= 1e6 || abs(value) < 1e-4 {
            return String(format: "%.3g", value).replacing("e+0", with: "e").replacing("e-0", with: "e-")
                .replacing("e+", with: "e").replacing("-", with: "−")
        }
        let digits = max(0, 2 - Int(log10(abs(value)).rounded(.down)))
        var text = String(format: "%.\(digits)f", value)
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text.replacing("-", with: "−")
    }
}
