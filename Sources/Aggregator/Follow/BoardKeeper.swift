import Grid
package import RouteGridBase
package import Wire

/// Keeps the boards of a coordinator's records current in a folder: one subfolder a mode and numerics class.
package struct BoardKeeper {
    private let folder: OutputFolder
    private let pages: [BoardPageFile]
    private var log: RecordLog
    private var hasPublished = false

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
        let grids = try ServedGrids(reading: client)
        try log.learn(grids.tables, through: client)
        let source = try log.source()
        let records = try RecordCollection(reading: [source], bad: .setAside)
        let reads = try TestReadCounts(json: try client.query(.testReads), place: "the coordinator's test reads")
        var kept: [Kept] = []
        var names: Set<String> = []
        for (mode, numerics) in records.classes {
            let filter = Aggregation.Filter(mode: mode, numerics: numerics)
            let aggregation = try Aggregation(
                records,
                from: [source],
                filter: filter,
                seal: grids.seal,
                reads: reads,
                leftOut: log.leftOut + grids.unread
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
}
