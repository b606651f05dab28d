import Foundation
package import Grid
package import RouteGridBase

/// Record files in, boards out: a pure function of the records, whatever their order and number of files.
package struct Aggregation: Sendable {
    /// Which records make the board, when the files hold several kinds.
    package struct Filter: Sendable {
        package var mode: String?
        package var numerics: String?
        package init(mode: String? = nil, numerics: String? = nil) { (self.mode, self.numerics) = (mode, numerics) }

        func admits(_ record: ScoredRecord) -> Bool { admits(mode: record.mode, numerics: record.numerics) }

        func admits(mode: String, numerics: String) -> Bool {
            (self.mode ?? mode) == mode && (self.numerics ?? numerics) == numerics
        }
    }

    package let sources: [RecordSource]
    package let records: RecordCollection
    package let board: Leaderboard
    /// Measurements beside the records; on no board.
    package let latency: LatencyTable
    /// The grid that the records answer.
    package let lock: GridLock?
    let tables: KnownTables
    private let selection: FrozenSelection?
    private let reads: TestReadCounts
    private let chosen: [ScoredRecord]
    private let blobs: [Digest]
    private let progress: BoardProgress

    /// Reads and merges records and makes their board.
    ///
    /// - Parameters:
    ///   - sources: The inputs, in any order.
    ///   - filter: Leaves records of other modes or numerics classes out.
    ///   - lock: The grid that the records answer: its jobs without a record are shown as such.
    ///   - selection: What was selected in that grid, when it does not lie beside the records.
    ///   - reads: How many configurations were ever read on test, as far as a coordinator knows.
    ///   - progress: Hears how far it is and may stop it.
    /// - Throws: `badInput` for a file that is not records, or records that do not fit on one board; `checkFailed` when
    ///   two results of one key differ; `cancelled`.
    package init(
        _ sources: [RecordSource],
        filter: Filter = Filter(),
        lock: GridLock? = nil,
        selection: FrozenSelection? = nil,
        reads: TestReadCounts = TestReadCounts(),
        progress: BoardProgress = BoardProgress()
    ) throws(RouteGridError) {
        var seal = BoardSeal()
        var selection = selection
        for source in sources {
            guard let grid = try SealedGrid(beside: source) else { continue }
            if grid.lock.digest == lock?.digest { selection = selection ?? grid.selection }
            try seal.add(grid)
        }
        if let lock, let selection { try seal.add(SealedGrid(lock: lock, selection: selection)) }
        progress.begin(.reading, total: sources.count)
        let collection = try RecordCollection(reading: sources)
        progress.advance(by: sources.count)
        try progress.checkCancelled()
        var absent: [ExpectedJob] = []
        if let lock { absent = try ExpectedJobs.missing(from: collection, of: lock, selection: selection) }
        try self.init(
            collection,
            from: sources,
            filter: filter,
            lock: lock,
            selection: selection,
            seal: seal,
            reads: reads,
            expected: absent,
            progress: progress
        )
    }

    /// Makes the board of records that are read already.
    ///
    /// - Parameters:
    ///   - collection: The records.
    ///   - sources: Where they were read, for blobs, facts of the run, and what grids say of their data.
    ///   - filter: Leaves records of other modes or numerics classes out.
    ///   - lock: Published beside the records; says how to resample.
    ///   - selection: Published beside the lock.
    ///   - seal: What was selected, in whatever grid.
    ///   - reads: How many configurations were ever read on test, besides what the records and their folders say.
    ///   - expected: Jobs without a record.
    ///   - leftOut: What was left out before the records were read.
    ///   - progress: Hears how far it is and may stop it.
    /// - Throws: As the initializer that reads them.
    package init(
        _ collection: RecordCollection,
        from sources: [RecordSource],
        filter: Filter = Filter(),
        lock: GridLock? = nil,
        selection: FrozenSelection? = nil,
        seal: BoardSeal = BoardSeal(),
        reads: TestReadCounts = TestReadCounts(),
        expected: [ExpectedJob] = [],
        leftOut: [LeftOut] = [],
        progress: BoardProgress = BoardProgress()
    ) throws(RouteGridError) {
        try collection.checkAgreement()
        self.progress = progress
        let chosen = collection.records.filter(filter.admits)
        self.sources = sources
        self.lock = lock
        self.selection = selection
        records = collection
        self.chosen = chosen
        var known = lock.map { KnownTables($0) } ?? KnownTables()
        for source in sources { try known.add(from: source) }
        self.reads = try TestReadCounts(of: chosen, beside: sources, known: reads, tables: known)
        tables = known.keeping(chosen.lazy.map(\.job).frames.map(\.json))
        blobs = Set(chosen.compactMap(\.choices) + tables.blobs).sorted()
        latency = try LatencyTable(reading: sources, filter: filter, bad: collection.bad)
        board = try Leaderboard(
            chosen,
            expected: expected,
            tables: known,
            seal: seal,
            reads: self.reads,
            notes: lock == nil ? [known.disagreement].compactMap(\.self) : [],
            statistics: BoardStatistics(
                settings: lock?.statistics ?? known.statistics ?? GridStatistics(),
                tables: known,
                blobs: BlobFolders(sources.map(\.blobFolder)),
                progress: progress
            ),
            leftOut: leftOut + collection.leftOut,
            bad: collection.bad
        )
    }

    /// What publishing found.
    package struct Published: Sendable {
        /// Choices, and outcomes of the tables, that no input holds.
        package var missingBlobs: [Digest] = []
        /// The files written, without blobs.
        package var files: [String] = []
    }

    /// Writes the board into a folder: every file whole or not at all, the manifest last.
    ///
    /// - Parameters:
    ///   - folder: Where to.
    ///   - pages: Further files, made of the board: the names are those of ``OutputName``.
    /// - Returns: What was written and what was not found.
    /// - Throws: `system` when the folder cannot be written; `checkFailed` when a blob's bytes are not its digest's;
    ///   `cancelled`.
    package func publish(
        to folder: OutputFolder,
        pages: [BoardPageFile] = []
    ) throws(RouteGridError) -> Published {
        var published = Published()
        var manifest = Manifest()
        progress.begin(.writing, total: blobs.count)
        for digest in blobs {
            try progress.checkCancelled()
            progress.advance()
            guard try copyBlob(digest, to: folder) else {
                published.missingBlobs.append(digest)
                continue
            }
            manifest.add(OutputName.blob(digest), digest)
        }
        let (board, frontier, comparisons) = (board, FrontierTable(board), ComparisonTable(board))
        var contents: [(name: String, bytes: @Sendable () -> [UInt8])] = [
            ("comparisons.csv", { comparisons.csvBytes }), ("comparisons.json", { comparisons.jsonBytes }),
            ("leaderboard.csv", { board.csvBytes }),
            (OutputName.leaderboard, { board.jsonBytes }), ("leaderboard.md", { board.markdownBytes }),
            (SliceTable.name, { board.sliceBytes }),
        ]
        contents += pages.map { page in
            let make: @Sendable () -> [UInt8] = { page.bytes(self) }
            return (page.name, make)
        }
        let made = contents
        // A line a record and more: these are too long to be held.
        let prepared = try folder.prepare([
            (OutputName.records, writeRecords),
            ("frontier.csv", frontier.writeCSV),
            ("frontier.json", frontier.writeJSON),
        ])
        var files = concurrentMap(made.count) { (made[$0].name, made[$0].bytes()) }
        if let lock { files.insert((OutputName.lock, lock.bytes), at: 0) }
        if let bytes = tables.bytes { files.append((OutputName.tables, bytes)) }
        if let selection { files.append((OutputName.selection, selection.bytes)) }
        if !reads.counts.isEmpty { files.append((OutputName.testReads, reads.json.jsonBytes())) }
        try OutputFolder.inOneGo { () throws(RouteGridError) in
            // While files change there is no manifest: a board that is cut off here is not taken for a whole one.
            try folder.remove(OutputName.manifest)
            for file in prepared {
                try folder.put(file)
                manifest.add(file.name, file.digest)
                published.files.append(file.name)
            }
            for (name, bytes) in files {
                try folder.write(bytes, to: name)
                manifest.add(name, Digest(hashing: bytes))
                published.files.append(name)
            }
            published.files += try folder.writeFacts(of: sources, latency)
            try folder.write(Array(manifest.text.utf8), to: OutputName.manifest)
        }
        published.files.append(OutputName.manifest)
        return published
    }

    /// The records sorted by key, one a line.
    @Sendable private func writeRecords(_ append: FileAppender) throws(RouteGridError) {
        var piece: [UInt8] = []
        for (number, record) in chosen.enumerated() {
            record.line.withBytes { piece.append($0, 0..<$0.count) }
            piece.append(UInt8(ascii: "\n"))
            guard piece.count > 1 << 20 || number + 1 == chosen.count else { continue }
            try append(piece[...])
            piece.removeAll(keepingCapacity: true)
            records.releaseFiles()
        }
    }

    /// - Returns: False when no input has the blob.
    private func copyBlob(_ digest: Digest, to folder: OutputFolder) throws(RouteGridError) -> Bool {
        if folder.hasBlob(digest) { return true }
        for source in sources {
            guard let data = FileManager.default.contents(atPath: source.blobPath(digest)) else { continue }
            do throws(RouteGridError) { try folder.store(blob: Array(data), digest: digest) } catch {
                // A damaged blob is one that is not there, for who goes on whatever comes.
                guard records.bad == .setAside, error.code == .checkFailed else { throw error }
                continue
            }
            return true
        }
        return false
    }
}
