package import Catalog
package import RouteGridBase

/// One cell with its key and all that a worker is told about its evaluation.
package struct KeyedJob: Hashable, Sendable {
    package var cell: CellID
    package var jobKey: JobKey
    /// Canonical JSON of the ``JobIdentity``; its SHA-256 is the key.
    package var evalBytes: [UInt8]
}

/// A grid frozen at submission: everything that its cells depend on, in a few kilobytes.
///
/// `grid.lock.json` alone is what coordinators and workers work from; datasets are named by the digests of their blobs.
/// Cells are numbers: block after block, mixed radix within a block (see `BlockLayout`). A group is one fit and a
/// contiguous range of cells. Nothing is stored per cell, whatever their number.
package struct GridLock: Sendable {
    package static let schema = "routegrid/lock/v1"

    package let contents: GridLockContents
    /// Which run measures, in the keys of latency jobs (see ``LatencyIdentity``); no part of the frozen grid.
    package var occasion = ""
    /// `grid.lock.json`: canonical JSON.
    package let bytes: [UInt8]
    /// Cells of all blocks, excluded ones and latency jobs counted: the range of cell numbers.
    package let cellCount: Int
    package let groupCount: Int
    /// Cells that an `exclude` entry leaves out, by block; those of latency jobs last.
    package let excludedCounts: [Int]
    let layouts: [BlockLayout]
    private let masks: [ExcludeMasks]
    private let routers: [RouterTemplate]
    private let templates: KeyTemplates

    /// - Throws: ``RouteGridError`` `badInput` when the grid has more than 2^62 cells, when its keys would not fit in
    ///   memory, or when its exclusions cannot be counted.
    package init(_ contents: GridLockContents) throws(RouteGridError) {
        self.contents = contents
        let largestPool = try Self.checkTemplates(of: contents)
        bytes = contents.json.canonicalBytes()
        var layouts: [BlockLayout] = []
        var (cells, groups) = (0, 0)
        var excluded: [Int] = []
        var masks: [ExcludeMasks] = []
        func append(_ block: GridBlock, _ axes: GridAxes, _ exclude: [ExcludeClause]) throws(RouteGridError) {
            guard let layout = BlockLayout(block, axes: axes, firstCell: CellID(cells), firstGroup: groups),
                cells + layout.cellCount <= 1 << 62
            else { throw .badInput("grid \(contents.name)", "more than 2^62 cells") }
            try Self.checkGroups(of: layout, largestPool: largestPool, grid: contents.name)
            layouts.append(layout)
            let mask = ExcludeMasks(exclude, layout: layout, axes: axes)
            guard let count = mask.excludedCount(layout, axes: axes) else {
                throw .badInput("grid \(contents.name)", "exclude: its entries overlap in too many ways to be counted")
            }
            masks.append(mask)
            cells += layout.cellCount
            groups += layout.groupCount
            excluded.append(count)
        }
        for block in contents.blocks { try append(block, contents.axes, contents.exclude) }
        let measured = Self.latencyBlocks(contents)
        let ofWholeRouters = contents.exclude.filter { $0.budgets == nil }
        for block in measured { try append(block, Self.latencyAxes(contents), ofWholeRouters) }
        (cellCount, groupCount, excludedCounts) = (cells, groups, excluded)
        self.layouts = layouts
        self.masks = masks
        routers = (contents.blocks + measured).map(RouterTemplate.init)
        templates = KeyTemplates(contents, blocks: layouts)
    }

    /// Reads `grid.lock.json`.
    ///
    /// `revisions` says which a lock may name: one whose cells are to run names this build's, one that only says what
    /// records are may be older.
    ///
    /// - Throws: ``RouteGridError`` `badInput` with the member that is wrong.
    package init(
        parsing bytes: some Sequence<UInt8>,
        place: String = "grid.lock.json",
        revisions: AdmittedRevisions = .own
    ) throws(RouteGridError) {
        let json = try JSONValue(parsing: bytes, place: place)
        try self.init(GridLockContents(json: json, place: place, revisions: revisions))
    }

    package var name: String { contents.name }
    package var mode: EvaluationMode { contents.mode }
    /// The numerics class that every fit of the grid runs in.
    package var numerics: String { contents.numerics }
    package var priority: Int { contents.priority }
    package var limits: GridLimits { contents.limits }
    package var resources: GridResources { contents.resources }
    package var statistics: GridStatistics { contents.statistics }
    /// Whether test is read by every cell, without a selection on dev.
    package var isUnsealed: Bool { contents.select == nil }
    /// Cells that an `exclude` entry leaves out.
    package var excludedCount: Int { excludedCounts.reduce(0, +) }
    /// Cells that are computed or found recorded: all but the excluded ones.
    package var activeCellCount: Int { cellCount - excludedCount }
    /// The digest of the lock: the same grid on the same data has the same.
    package var digest: Digest { Digest(hashing: bytes) }
    /// Every blob that some fit or evaluation needs, each once, in a fixed order.
    package var blobs: [Digest] { contents.blobs.map(\.digest) }
    /// The size of a blob in bytes, or nil for a blob that is not the grid's.
    package func blobByteCount(_ digest: Digest) -> Int? { contents.blobs.first { $0.digest == digest }?.byteCount }

    // MARK: Cells and groups

    /// The group of a cell.
    package func group(ofCell cell: CellID) -> Int {
        let layout = layouts[layouts.lastIndex { $0.firstCell <= cell && $0.cellCount > 0 } ?? 0]
        return layout.firstGroup + layout.group(ofCell: layout.firstCell.distance(to: cell))
    }

    /// The cells of a group, excluded ones counted.
    package func cells(ofGroup group: Int) -> Range<CellID> {
        let layout = layouts[block(ofGroup: group)]
        let cells = layout.cells(ofGroup: group - layout.firstGroup)
        return layout.firstCell.advanced(by: cells.lowerBound)..<layout.firstCell.advanced(by: cells.upperBound)
    }

    /// The number of the block that a group belongs to.
    package func block(ofGroup group: Int) -> Int {
        precondition(group >= 0 && group < groupCount, "group \(group) of \(groupCount)")
        return layouts.lastIndex { $0.firstGroup <= group && $0.groupCount > 0 } ?? 0
    }

    /// The axis values of a group, with its block's number.
    func coordinates(ofGroup group: Int) -> (block: Int, values: BlockLayout.Coordinates) {
        let block = block(ofGroup: group)
        return (block, layouts[block].coordinates(ofGroup: group - layouts[block].firstGroup))
    }

    /// The canonical `router` object of a block's parameter values.
    func routerBytes(block: Int, _ parameters: [Int]) -> [UInt8] {
        var bytes: [UInt8] = []
        routers[block].append(parameters, to: &bytes)
        return bytes
    }

    // MARK: Keys

    /// The canonical bytes that the group's fit key hashes.
    package func fitBytes(ofGroup group: Int) -> [UInt8] {
        let (block, values) = coordinates(ofGroup: group)
        return templates.fitBytes(values, layout: layouts[block], router: routers[block])
    }

    package func fitKey(ofGroup group: Int) -> FitKey { FitKey(hashing: fitBytes(ofGroup: group)) }

    /// The cells of a group that are not excluded, with their keys, in cell order.
    package func jobs(ofGroup group: Int) -> [KeyedJob] { jobs(ofGroup: group, fitKey: nil) }

    /// The same when the fit key is known already.
    package func jobs(ofGroup group: Int, fitKey: FitKey?) -> [KeyedJob] {
        let (block, values) = coordinates(ofGroup: group)
        let layout = layouts[block]
        let matching = masks[block].matching(values)
        let variant = layout.variants[values.variant]
        let key = fitKey ?? FitKey(hashing: templates.fitBytes(values, layout: layout, router: routers[block]))
        let fitHex = key.hexBytes
        let budgets = layout.block.budgets
        var cell = cells(ofGroup: group).lowerBound
        if block >= contents.blocks.count {
            return latencyJobs(values, layout: layout, firstCell: cell, fitKey: key) { test in
                masks[block].excludes(matching, variant: values.variant, test: test, budget: 0)
            }
        }
        var jobs: [KeyedJob] = []
        jobs.reserveCapacity(variant.groupSize)
        for (testIndex, test) in variant.tests.enumerated() {
            let head = templates.evaluationHead(values, test: test)
            let end = templates.evaluationEnd(test: test)
            for part in 0..<layout.partCount {
                for (budgetIndex, budget) in budgets.enumerated() {
                    defer { cell = cell.next }
                    if matching != 0,
                        masks[block].excludes(matching, variant: values.variant, test: testIndex, budget: budgetIndex)
                    {
                        continue
                    }
                    let bytes = templates.evaluationBytes(
                        budget: budget,
                        part: part,
                        fitHex: fitHex,
                        head: head,
                        end: end
                    )
                    jobs.append(KeyedJob(cell: cell, jobKey: JobKey(hashing: bytes), evalBytes: bytes))
                }
            }
        }
        return jobs
    }

    /// How many cells of a group are not excluded.
    package func activeCellCount(ofGroup group: Int) -> Int {
        let (block, values) = coordinates(ofGroup: group)
        let layout = layouts[block]
        let matching = masks[block].matching(values)
        let variant = layout.variants[values.variant]
        guard matching != 0 else { return variant.groupSize }
        var count = 0
        for test in variant.tests.indices {
            for budget in layout.block.budgets.indices
            where !masks[block].excludes(matching, variant: values.variant, test: test, budget: budget) {
                count += layout.partCount
            }
        }
        return count
    }
}
