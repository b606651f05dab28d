import Foundation
import Scoring

/// A quantity that a trial measured, and what it must not exceed.
package struct Bar: Sendable {
    /// The bound that is stated for the quantity.
    package enum Promise: Sendable {
        case atMost(Double)
        case atLeast(Double)
        case within(ClosedRange<Double>)
        /// None: the quantity is reported.
        case none
    }

    package let name: String
    package let value: Double
    package let promise: Promise
    /// How many tables, or rows, the quantity is of.
    package let count: Int
    /// The 95 % interval of the measurement, and the 99.9 % one.
    package let interval: ClosedRange<Double>
    private let wide: ClosedRange<Double>

    /// A share of tables or rows.
    ///
    /// `independent`: how many of them are independent, when not all are.
    package static func share(
        _ name: String,
        _ hits: Int,
        of count: Int,
        independent: Int? = nil,
        _ promise: Promise
    ) -> Bar {
        let value = Double(hits) / Double(max(count, 1))
        func range(_ alpha: Double) -> ClosedRange<Double> {
            let interval = Interval.wilson(value, of: max(independent ?? count, 1), alpha: alpha)
            return min(interval.low, value)...max(interval.high, value)
        }
        return Bar(name: name, value: value, promise: promise, count: count, interval: range(0.05), wide: range(0.001))
    }

    /// A mean over tables.
    package static func mean(_ name: String, _ values: [Double], _ promise: Promise) -> Bar {
        let count = Double(max(values.count, 1))
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(count - 1, 1)
        let error = (variance / count).squareRoot()
        func range(_ factor: Double) -> ClosedRange<Double> { mean - factor * error...mean + factor * error }
        return Bar(
            name: name,
            value: mean,
            promise: promise,
            count: values.count,
            interval: range(1.96),
            wide: range(3.29)
        )
    }

    /// The median of a quantity, reported; its interval by order statistics.
    package static func median(_ name: String, _ values: [Double]) -> Bar {
        let sorted = values.sorted()
        func at(_ share: Double) -> Double {
            sorted.isEmpty ? .nan : sorted[min(max(Int(share * Double(sorted.count)), 0), sorted.count - 1)]
        }
        let half = 1.96 * 0.5 / Double(max(sorted.count, 1)).squareRoot()
        let range = at(0.5 - half)...at(0.5 + half)
        return Bar(name: name, value: at(0.5), promise: .none, count: values.count, interval: range, wide: range)
    }

    /// Whether the measured value is within the bound.
    package var isKept: Bool {
        switch promise {
        case .atMost(let limit): value <= limit
        case .atLeast(let limit): value >= limit
        case .within(let range): range.contains(value)
        case .none: true
        }
    }

    /// Whether the measurement cannot be explained by chance (one in a thousand) if the bound holds.
    package var isRefuted: Bool {
        switch promise {
        case .atMost(let limit): wide.lowerBound > limit
        case .atLeast(let limit): wide.upperBound < limit
        case .within(let range): !range.overlaps(wide)
        case .none: false
        }
    }

    /// One line for people.
    package var line: String {
        let wanted =
            switch promise {
            case .atMost(let limit): "at most \(Self.text(limit)): "
            case .atLeast(let limit): "at least \(Self.text(limit)): "
            case .within(let range): "\(Self.text(range.lowerBound)) to \(Self.text(range.upperBound)): "
            case .none: ""
            }
        let verdict = if case .none = promise { "reported" } else { isKept ? "kept" : "NOT KEPT" }
        let measured = "\(Self.text(value)) [\(Self.text(interval.lowerBound)), \(Self.text(interval.upperBound))]"
        return "  \(name): \(measured) of \(count); \(wanted)\(verdict)"
    }

    private static func text(_ value: Double) -> String { String(format: "%.4f", value) }
}
