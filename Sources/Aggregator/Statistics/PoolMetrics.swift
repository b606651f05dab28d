import RouteGridBase
import RoutingCore

/// Metrics of a row that depend on the other rows of its section.
enum PoolMetrics {
    static let averageImprovement = "aiq"

    /// Adds the average improvement in quality to every run of a section, and its means to the rows.
    ///
    /// On each split the range ends at the highest cost on the hull of any complete competitor.
    static func add(to section: inout BoardSection) {
        var highest: [Int: Double] = [:]
        for row in section.rows where !row.isBound && !row.isIncomplete {
            for run in row.runs where !run.points.isEmpty {
                let cost = AverageImprovement.highestCost(of: [run.operatingPoints])
                highest[run.splitIndex] = max(highest[run.splitIndex] ?? 0, cost)
            }
        }
        for row in section.rows.indices {
            for run in section.rows[row].runs.indices {
                let points = section.rows[row].runs[run].operatingPoints
                let end = highest[section.rows[row].runs[run].splitIndex] ?? 0
                let value = AverageImprovement.value(of: points, upTo: end)
                section.rows[row].runs[run].metrics[averageImprovement] = value.json
            }
        }
        for row in section.rows.indices where section.rows[row].hasRecord {
            let means = RunMeans.metrics(of: section.rows[row].runs)
            section.rows[row].metrics[averageImprovement] = means[averageImprovement]
        }
    }
}

extension BoardRun {
    fileprivate var operatingPoints: [OperatingPoint] {
        points.map { OperatingPoint(cost: $0.cost, accuracy: $0.accuracy) }
    }
}
