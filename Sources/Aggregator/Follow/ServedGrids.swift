import Grid
package import RouteGridBase
package import Wire

/// What a coordinator's grids say of their data, and what was selected in them.
package struct ServedGrids: Sendable {
    package private(set) var tables = KnownTables()
    package private(set) var seal = BoardSeal()
    /// Grids that this build cannot read: their records are shown without what the grids say of them.
    package private(set) var unread: [LeftOut] = []
    /// The runs that were read, each with whether it has a selection.
    private var known: [Int: Bool] = [:]

    /// Nothing is known.
    package init() {}

    /// Reads the locks and selections of all runs.
    ///
    /// - Throws: `unreachable` when the coordinator is gone.
    package init(reading client: ClusterClient) throws(RouteGridError) { _ = try update(from: client) }

    /// Reads what is new since the last time.
    ///
    /// - Returns: Whether something was.
    /// - Throws: As ``init(reading:)``.
    package mutating func update(from client: ClusterClient) throws(RouteGridError) -> Bool {
        var hasChanged = false
        for run in try client.query(.status)["runs"]?.arrayValue ?? [] {
            guard let number = run["run"]?.integerValue else { continue }
            let isSelected = run["stage"] == 2
            guard known[number] != isSelected else { continue }
            let isNew = known.updateValue(isSelected, forKey: number) == nil
            hasChanged = true
            guard let text = try client.query(.lock, String(number))["lock"]?.stringValue else { continue }
            if isNew {
                try readable("the lock of run \(number)") { (grids: inout Self) throws(RouteGridError) in
                    let place = "the lock of run \(number)"
                    grids.tables.add(try GridLock(parsing: text.utf8, place: place, revisions: .any))
                }
            }
            if isSelected { try select(number, text, client) }
        }
        return hasChanged
    }

    private mutating func select(_ number: Int, _ lock: String, _ client: ClusterClient) throws(RouteGridError) {
        guard let name = try client.query(.selection, String(number))["selection"]?.stringValue,
            let digest = Digest(hex: name)
        else { return }
        try readable("the selection of run \(number)") { (grids: inout Self) throws(RouteGridError) in
            let bytes = try client.fetch(digest)
            let lock = try GridLock(parsing: lock.utf8, place: "the lock of run \(number)", revisions: .any)
            let selection = try FrozenSelection(parsing: bytes, place: "the selection of run \(number)")
            try grids.seal.add(SealedGrid(lock: lock, selection: selection))
        }
    }

    /// Does what needs a grid to be read; one that cannot be read, such as of an earlier version, is kept in mind.
    private mutating func readable(
        _ place: String,
        _ body: (inout Self) throws(RouteGridError) -> Void
    ) throws(RouteGridError) {
        do throws(RouteGridError) { try body(&self) } catch {
            guard error.code == .badInput else { throw error }
            unread.append(LeftOut(error, place: place))
        }
    }
}
