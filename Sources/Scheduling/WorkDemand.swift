package import RouteGridBase

/// How much work there is for workers, and how much of what would do it is idle: what allocators of workers go by.
///
/// Only what may run counts: no cells of paused runs, no test cells before their selection, no records that are there
/// already. Cells that a store was not asked about yet count once its look-ups keep up, so that an unchanged night does
/// not ask for machines.
package struct WorkDemand: Hashable, Sendable {
    /// The work of one active run.
    package struct Part: Hashable, Sendable {
        package var run: RunID
        /// The numerics class of its records: only workers of this class can do its work.
        package var numerics: String
        /// Cells that may run and are in no lease, those that wait for a retry included.
        package var cells: Int
        /// Cells in leases, not recorded yet.
        package var leasedCells: Int
        /// Groups (fits) with such cells, at most: a group is best computed by one slot.
        package var groups: Int
        /// Measurements of latency, pending or leased: slots take turns for them, so more workers do not help.
        package var measurements: Int
        /// Seconds of one cell without its fit; nil before any was observed.
        package var cellSeconds: Double?
        /// Seconds of a fit; nil before any was observed.
        package var fitSeconds: Double?

        package init(
            run: RunID,
            numerics: String = "",
            cells: Int,
            leasedCells: Int = 0,
            groups: Int,
            measurements: Int = 0,
            cellSeconds: Double? = nil,
            fitSeconds: Double? = nil
        ) {
            self.run = run
            self.numerics = numerics
            self.cells = cells
            self.leasedCells = leasedCells
            self.groups = groups
            self.measurements = measurements
            self.cellSeconds = cellSeconds
            self.fitSeconds = fitSeconds
        }

        /// Seconds of one slot that the cells take, with their fits.
        ///
        /// - Parameter guess: seconds of a cell where none was observed.
        /// - Returns: the time if one slot did it all.
        package func seconds(unmeasured guess: Double) -> Double {
            Double(cells + leasedCells) * (cellSeconds ?? guess) + Double(groups) * (fitSeconds ?? 0)
        }

        /// Whether a fit and one of its cells can be computed in so many seconds, as far as is known.
        package func fits(in seconds: Double) -> Bool { (fitSeconds ?? 0) + (cellSeconds ?? 0) <= seconds }
    }

    package var parts: [Part]
    /// Slots of all connected workers that take leases.
    package var slots: Int
    /// Those of them without a lease.
    package var idleSlots: Int
    /// The store takes no results now: more workers would wait.
    package var isStalled: Bool

    package init(parts: [Part] = [], slots: Int = 0, idleSlots: Int = 0, isStalled: Bool = false) {
        self.parts = parts
        self.slots = slots
        self.idleSlots = idleSlots
        self.isStalled = isStalled
    }

    package var cells: Int { parts.reduce(0) { $0 + $1.cells } }
    package var leasedCells: Int { parts.reduce(0) { $0 + $1.leasedCells } }
    package var groups: Int { parts.reduce(0) { $0 + $1.groups } }
    package var measurements: Int { parts.reduce(0) { $0 + $1.measurements } }
    /// Cells of runs of which none was observed.
    package var unmeasuredCells: Int {
        parts.reduce(0) { $0 + ($1.cellSeconds == nil ? $1.cells + $1.leasedCells : 0) }
    }

    /// Seconds of one slot for all observed work: what ``unmeasuredCells`` take comes on top.
    package var seconds: Double { parts.reduce(0) { $0 + $1.seconds(unmeasured: 0) } }
}
