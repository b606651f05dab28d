import RouteGridBase
import RoutingCore

/// Metrics of a row that depend on the other rows of its section.
enum PoolMetrics {
    static let averageImprovement = "aiq"

    /// Adds the average improvement in quality to every run of a section, and its means to the rows.
    ///
    /// On each split the range ends at the highest cost on the hull of any complete competitor.
    static func add(to section: inout BoardSection) {
        for split in section.key.splits {
            let competitors = section.rows.filter { !$0.isBound && !$0.isIncomplete }.flatMap(\.runs)
                .filter { $0.splitIndex == split && !$0.points.isEmpty }
            let highest = AverageImprovement.highestCost(of: competitors.map(\.operatingPoints))
            for row in section.rows.indices {
                for run in section.rows[row].runs.indices where section.rows[row].runs[run].splitIndex == split {
                    let points = section.rows[row].runs[run].operatingPoints
                    let value = AverageImprovement.value(of: points, upTo: highest)
                    section.rows[row].runs[run].metrics[averageImprovement] = value.json
                }
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
