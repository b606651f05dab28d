import Foundation
package import Grid
package import RouteGridBase

/// A grid with what was selected on its dev part.
package struct SealedGrid: Sendable {
    package let lock: GridLock
    package let selection: FrozenSelection

    package init(lock: GridLock, selection: FrozenSelection) { (self.lock, self.selection) = (lock, selection) }

    /// What lies beside a file of records; nil when there is no selection.
    ///
    /// - Throws: `badInput` for a file that is none of the two.
    package init?(beside source: RecordSource) throws(RouteGridError) {
        guard let chosen = FileManager.default.contents(atPath: source.selectionPath),
            let frozen = FileManager.default.contents(atPath: source.lockPath)
        else { return nil }
        lock = try GridLock(parsing: frozen, place: source.lockPath, revisions: .any)
        selection = try FrozenSelection(parsing: chosen, place: source.selectionPath)
    }
}
