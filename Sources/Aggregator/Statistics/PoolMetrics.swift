import RouteGridBase
import Scoring

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
                guard let cost = run.hull?.map(\.cost).max() else { continue }
                highest[run.splitIndex] = max(highest[run.splitIndex] ?? 0, cost)
            }
        }
        for row in section.rows.indices {
            for run in section.rows[row].runs.indices {
                let end = highest[section.rows[row].runs[run].splitIndex] ?? 0
                let value =
                    section.rows[row].runs[run].hull.map { AverageImprovement.area(through: $0, upTo: end) }
                    ?? .absent(why: "the records do not say which points make the hull on dev")
                section.rows[row].runs[run].metrics[averageImprovement] = value.json
            }
        }
        for row in section.rows.indices where section.rows[row].hasRecord {
            section.rows[row].metrics[averageImprovement] =
                RunMeans.metric(averageImprovement, of: section.rows[row].runs)
        }
    }
}

extension BoardRun {
    /// The points that AIQ is taken over; nil when they are not known.
    ///
    /// In mode `sound` the corners of the hull on dev, read here, so that no label of this part picks them; of a single
    /// point, of a bound and in `compat` the corners of the hull of the run's own points.
    fileprivate var hull: [OperatingPoint]? {
        let own = points.map { OperatingPoint(cost: $0.cost, accuracy: $0.accuracy) }
        guard job["mode"] == "sound", own.count > 1, reading?.picks.isBound != true else {
            return AverageImprovement.hull(of: own)
        }
        guard let corners = reading?.picks.hull, !corners.isEmpty else { return nil }
        return corners.map { own[$0] }
    }
}
