import Grid
package import RouteGridBase
package import Wire

/// Keeps the boards of a coordinator's records current in a folder: one subfolder a mode and numerics class.
package struct BoardKeeper {
    private let folder: OutputFolder
    private let pages: [BoardPageFile]
    private var log: RecordLog
    private var hasPublished = false
    /// Grids that this build cannot read: their records are shown without what the grids say of them.
    private var unread: [LeftOut] = []

    /// - Parameters:
    ///   - folder: Where boards are kept.
    ///   - pages: Further files of each board.
    /// - Throws: `system` when the folder cannot be written.
    package init(folder: OutputFolder, pages: [BoardPageFile] = []) throws(RouteGridError) {
        (self.folder, self.pages) = (folder, pages)
        log = try RecordLog(in: folder)
    }

    /// A board that was written.
    package struct Kept: Sendable {
        package let path: String
        package let board: Leaderboard
    }

    /// Reads what is new and writes the boards again when there is any.
    ///
    /// - Parameter client: A conversation with the coordinator.
    /// - Returns: The boards; nil when nothing is new since the last call.
    /// - Throws: `unreachable` when the coordinator is gone; `system` when the folder cannot be written. What a record
    ///   holds never ends it: what cannot be on a board is left out of it, with the reason.
    package mutating func update(from client: ClusterClient) throws -> [Kept]? {
        let goal = UInt64(clamping: try client.query(.store)["last_sequence"]?.integerValue ?? 0)
        guard goal > log.position(at: client) || !hasPublished else { return nil }
        try log.follow(upTo: goal, through: client)
        unread = []
        try log.learn(tables(client), through: client)
        let source = try log.source()
        let records = try RecordCollection(reading: [source], bad: .setAside)
        let seal = try seal(client)
        let reads = try TestReadCounts(json: try client.query(.testReads), place: "the coordinator's test reads")
        var kept: [Kept] = []
        var names: Set<String> = []
        for (mode, numerics) in records.classes {
            let filter = Aggregation.Filter(mode: mode, numerics: numerics)
            let aggregation = try Aggregation(
                records,
                from: [source],
                filter: filter,
                seal: seal,
                reads: reads,
                leftOut: log.leftOut + unread
            )
            var name = SafeText.fileName("\(mode)@\(numerics)")
            if !names.insert(name).inserted { name += "-\(Digest(hashing: numerics.utf8).hex.prefix(8))" }
            let path = folder.place(name)
            let output = try OutputFolder(path: path)
            try output.claim()
            _ = try aggregation.publish(to: output, pages: pages)
            kept.append(Kept(path: path, board: aggregation.board))
        }
        hasPublished = true
        return kept
    }

    /// What was selected in the coordinator's grids.
    private mutating func seal(_ client: ClusterClient) throws -> BoardSeal {
        var seal = BoardSeal()
        for run in try client.query(.status)["runs"]?.arrayValue ?? [] where run["stage"] == 2 {
            guard let number = run["run"]?.integerValue,
                let text = try client.query(.lock, String(number))["lock"]?.stringValue,
                let name = try client.query(.selection, String(number))["selection"]?.stringValue,
                let digest = Digest(hex: name)
            else { continue }
            try readable("the selection of run \(number)") { () throws(RouteGridError) in
                let bytes = try client.fetch(digest)
                let lock = try GridLock(parsing: text.utf8, place: "the lock of run \(number)", revisions: .any)
                let selection = try FrozenSelection(parsing: bytes, place: "the selection of run \(number)")
                try seal.add(SealedGrid(lock: lock, selection: selection))
            }
        }
        return seal
    }

    /// What the coordinator's grids say of their data.
    private mutating func tables(_ client: ClusterClient) throws(RouteGridError) -> KnownTables {
        var tables = KnownTables()
        for run in try client.query(.status)["runs"]?.arrayValue ?? [] {
            guard let number = run["run"]?.integerValue else { continue }
            let reply = try client.query(.lock, String(number))
            if let text = reply["lock"]?.stringValue {
                try readable("the lock of run \(number)") { () throws(RouteGridError) in
                    tables.add(try GridLock(parsing: text.utf8, place: "the lock of run \(number)", revisions: .any))
                }
            }
        }
        return tables
    }

    /// Does what needs a grid to be read; one that cannot be read, such as of an earlier version, is kept in mind.
    private mutating func readable(
        _ place: String,
        _ body: () throws(RouteGridError) -> Void
    ) throws(RouteGridError) {
        do throws(RouteGridError) { try body() } catch {
            guard error.code == .badInput else { throw error }
            unread.append(LeftOut(error, place: place))
        }
    }
}
