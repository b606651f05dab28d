package import Catalog
import Foundation
package import RouteGridBase
import RoutingData
import Scoring

extension RowComparison {
    /// What the comparison comes to, in a sentence about the first metric and one about the equal budget.
    package var summary: String {
        var parts: [String] = []
        if let metric = metrics.first {
            let title = BoardMetric.named(metric.metric.rawValue).title
            let isBetter = metric.metric.descriptor.isLargerBetter == (metric.value > 0)
            if let interval = metric.interval {
                let isShown = interval.low > 0 || interval.high < 0
                let words =
                    metric.value == 0
                    ? "is the same"
                    : isShown ? "is shown to be \(isBetter ? "better" : "worse")" : "cannot be told apart"
                parts.append("\(title): A \(words) (\(text(metric)))")
            } else {
                parts.append("\(title): \(text(metric)), without an interval")
            }
        }
        if let equal = equalBudget {
            let difference = equal.first.accuracy - equal.second.accuracy
            parts.append(
                "at equal budget accuracy \(VerdictWords.difference(difference)), p = \(Self.pText(equal.pValue))"
                    + (equal.isExact ? " (McNemar, exact)" : " (clustered bootstrap)")
            )
        }
        return parts.isEmpty ? "No metric that both rows have." : parts.joined(separator: "; ") + "."
    }

    /// `+0.0120 [−0.0031, +0.0271]`.
    package func text(_ metric: MetricDifference) -> String {
        func signed(_ value: Double) -> String { Self.signed(value, metric.metric) }
        guard let interval = metric.interval else { return signed(metric.value) }
        return "\(signed(metric.value)) [\(signed(interval.low)), \(signed(interval.high))]"
    }

    package static func signed(_ value: Double, _ metric: CurveMetric) -> String {
        let shown = BoardMetric.named(metric.rawValue).text(abs(value)).replacing("+", with: "")
        return (value < 0 ? "−" : "+") + shown
    }

    package static func text(_ value: Double, _ metric: CurveMetric) -> String {
        BoardMetric.named(metric.rawValue).text(value)
    }

    package static func pText(_ p: Double) -> String {
        p < 0.0001 ? String(format: "%.1e", p) : String(format: "%.4f", p)
    }

    /// How the numbers were made, for the reader.
    package var method: [String] {
        var lines = ["Every difference is A less B."]
        if let remark {
            lines.append("The rows were not resampled together, because \(remark): intervals come from the rows' own.")
        } else {
            let unit = isByItem ? "items" : "clusters of items"
            lines.append(
                "Intervals: \(JSONValue.shortestText(100 * (1 - alpha))) % percentiles of \(Self.replicates) paired resamples "
                    + "of \(clusterCount) \(unit), with seeds in quadrature; each is for its metric alone. p: multiplier "
                    + "bootstrap."
            )
            lines.append(
                "At equal budget: the dearest point of each curve within it. Intervals of slices hold for all slices together."
            )
        }
        return lines
    }

    /// The document for programs.
    package var json: JSONValue {
        func side(_ side: Side) -> JSONValue {
            [
                "row": .string(side.name.slug), "number": JSONValue(side.name.number),
                "dataset": .string(side.name.dataset), "router": .string(side.name.router),
                "job_keys": JSONValue(side.row.jobKeys.map(\.hex)),
            ]
        }
        func bounds(_ interval: Interval?) -> (JSONValue, JSONValue) {
            (interval.map { .double($0.low) } ?? .null, interval.map { .double($0.high) } ?? .null)
        }
        let metrics = metrics.map { metric -> JSONValue in
            let (low, high) = bounds(metric.interval)
            return [
                "metric": .string(metric.metric.rawValue), "a": .double(metric.first), "b": .double(metric.second),
                "difference": .double(metric.value), "lo": low, "hi": high,
                "se": metric.standardError.map { .double($0) } ?? .null,
                "p": metric.pValue.map { .double($0) } ?? .null,
            ]
        }
        return [
            "schema": .string(Self.schema), "a": side(first), "b": side(second), "alpha": .double(alpha),
            "paired": .bool(remark == nil), "remark": remark.map { .string($0) } ?? .null,
            "clusters": JSONValue(clusterCount), "by_item": .bool(isByItem), "metrics": .array(metrics),
            "equal_budget": equalBudget?.json ?? .null, "text": .string(summary), "method": JSONValue(method),
        ]
    }
}

extension EqualBudget {
    fileprivate var json: JSONValue {
        func point(_ point: OperatingPoint) -> JSONValue {
            ["accuracy": .double(point.accuracy), "cost": .double(point.cost)]
        }
        let table: JSONValue =
            counts.map {
                [
                    "both": JSONValue($0.both), "only_a": JSONValue($0.onlyFirst), "only_b": JSONValue($0.onlySecond),
                    "neither": JSONValue($0.neither),
                ]
            } ?? .null
        return [
            "budget": budget.isFinite ? .double(budget) : .null, "a": point(first), "b": point(second),
            "difference": .double(first.accuracy - second.accuracy),
            "lo": interval.map { .double($0.low) } ?? .null, "hi": interval.map { .double($0.high) } ?? .null,
            "mcnemar": table, "p": .double(pValue), "test": .string(isExact ? "mcnemar-exact" : "clustered-bootstrap"),
            "why": remark.map { .string($0) } ?? .null,
            "slices": .array(
                slices.map {
                    [
                        "slice": .string($0.name), "n": JSONValue($0.count), "a": point($0.first),
                        "b": point($0.second),
                        "lo": .double($0.interval.low), "hi": .double($0.interval.high),
                    ]
                }
            ),
            "items": .array(
                items.map {
                    [
                        "id": .string($0.sample.id), "dataset": .string($0.sample.dataset),
                        "group": .string($0.sample.group), "a": point($0.first), "b": point($0.second),
                        "question": $0.question.map { .string($0) } ?? .null,
                    ]
                }
            ),
        ]
    }
}
