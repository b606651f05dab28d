import Foundation
import RouteGridBase

/// From values to places on paper, by a linear or a logarithmic scale, with ticks at round numbers.
struct PlotScale {
    let isLogarithmic: Bool
    let low: Double
    let high: Double
    private let start: Double
    private let end: Double

    /// - Parameters:
    ///   - values: What the scale must show.
    ///   - start: The place of the lowest.
    ///   - end: The place of the highest.
    ///   - mayBeLogarithmic: When all values are positive and span more than a decade.
    ///   - limits: Beyond which nothing is shown.
    init(
        _ values: [Double],
        from start: Double,
        to end: Double,
        mayBeLogarithmic: Bool,
        limits: ClosedRange<Double> = -Double.infinity...Double.infinity
    ) {
        let known = values.filter(\.isFinite)
        let (least, most) = (known.min() ?? 0, known.max() ?? 1)
        isLogarithmic = mayBeLogarithmic && least > 0 && most > 10 * least
        if isLogarithmic {
            let margin = pow(most / least, 0.04)
            (low, high) = (least / margin, most * margin)
        } else {
            let margin = most > least ? 0.05 * (most - least) : max(abs(most), 1) * 0.05
            (low, high) = (max(least - margin, limits.lowerBound), min(most + margin, limits.upperBound))
        }
        (self.start, self.end) = (start, end)
    }

    func place(_ value: Double) -> Double {
        let share: Double
        if isLogarithmic {
            share = (log(value) - log(low)) / (log(high) - log(low))
        } else {
            share = high > low ? (value - low) / (high - low) : 0.5
        }
        return start + min(max(share, 0), 1) * (end - start)
    }

    /// Whether it is logarithmic, its lowest and highest value, and their places: `log 0.1 10 58 664`.
    var text: String {
        let numbers = [low, high, start, end].map(JSONValue.shortestText)
        return ([isLogarithmic ? "log" : "linear"] + numbers).joined(separator: " ")
    }

    /// Round numbers within the scale, rising; `isMajor` ones have a label.
    func ticks(about count: Int) -> [(value: Double, isMajor: Bool)] {
        isLogarithmic ? logarithmicTicks(count) : linearTicks(count).map { ($0, true) }
    }

    private func linearTicks(_ count: Int) -> [Double] {
        let rough = (high - low) / Double(max(count, 1))
        guard rough > 0 else { return [low] }
        let unit = pow(10, floor(log10(rough)))
        let step = ([1, 2, 5, 10].first { $0 * unit >= rough } ?? 10) * unit
        let first = Int((low / step).rounded(.up)), last = Int((high / step).rounded(.down))
        guard last >= first else { return [] }
        return (first...last).map { Double($0) * step }
    }

    private func logarithmicTicks(_ count: Int) -> [(value: Double, isMajor: Bool)] {
        let first = Int(floor(log10(low))), last = Int(ceil(log10(high)))
        let decades = log10(high / low)
        let labelled: [Double] = decades < 1.6 ? [1, 2, 5] : decades < 2.6 ? [1, 3] : [1]
        // Of very many decades every second or third has a label.
        let stride = max(1, Int((decades / Double(max(count, 1))).rounded(.up)))
        var ticks: [(value: Double, isMajor: Bool)] = []
        for decade in first...last {
            for digit in 1..<10 {
                let value = Double(digit) * pow(10, Double(decade))
                guard value >= low * (1 - 1e-9), value <= high * (1 + 1e-9) else { continue }
                ticks.append((value, labelled.contains(Double(digit)) && decade % stride == 0))
            }
        }
        return ticks
    }
}
