package import RouteGridBase

/// The audited cells of all runs: what the coordinator has on disk, in memory.
package struct AuditLedger: Sendable {
    private struct Name: Hashable, Comparable {
        let run: RunID
        let cell: CellID
        static func < (left: Name, right: Name) -> Bool { (left.run, left.cell) < (right.run, right.cell) }
    }

    /// Those whose executions do not agree, or are not complete; the others are counted only.
    private var cells: [Name: AuditedCell] = [:]
    /// Cells whose executions agree.
    package private(set) var agreed = 0

    package init() {}

    /// Whether there is nothing to look results up in.
    package var isEmpty: Bool { cells.isEmpty }

    package subscript(_ run: RunID, _ cell: CellID) -> AuditedCell? { cells[Name(run: run, cell: cell)] }

    /// Sets what is known of a cell.
    package mutating func set(_ cell: AuditedCell) {
        let name = Name(run: cell.run, cell: cell.cell)
        if cell.state == .agreed {
            cells[name] = nil
            agreed += 1
        } else {
            cells[name] = cell
        }
    }

    /// Forgets cells whose records were taken back.
    package mutating func forget(_ keys: Set<JobKey>) { cells = cells.filter { !keys.contains($0.value.jobKey) } }

    /// Those in some states, by run and cell.
    package func cells(in states: Set<AuditedCell.State>) -> [AuditedCell] {
        cells.filter { states.contains($0.value.state) }.sorted { $0.key < $1.key }.map(\.value)
    }

    package func count(in state: AuditedCell.State) -> Int {
        state == .agreed ? agreed : cells.values.count { $0.state == state }
    }

    /// What still has to run, by run and cell.
    package var tasks: [AuditTask] { cells.sorted { $0.key < $1.key }.compactMap(\.value.task) }
}
