package import Grid
import RouteGridBase

/// What the costs of a board's datasets are counted in: USD, MAC, J, ….
package struct CostUnits: Sendable {
    private var units: [String: String] = [:]

    /// Nothing is known: records alone do not tell.
    package init() {}

    package init(_ lock: GridLock) { add(lock) }

    /// Learns what the datasets of a grid are counted in.
    package mutating func add(_ lock: GridLock) {
        for table in lock.contents.axes.tables { units[CostUnits.name(table.dataset, table.pool)] = table.costUnit }
    }

    /// The unit of a record's `job`.
    func unit(of job: JSONValue) -> String? {
        units[CostUnits.name(job["dataset"]?.stringValue ?? "", job["models"]?.stringValue ?? "")]
    }

    private static func name(_ dataset: String, _ pool: String) -> String { dataset + "\n" + pool }
}
