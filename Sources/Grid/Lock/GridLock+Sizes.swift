import Catalog
import RouteGridBase

/// What a grid may take in memory: a lock is a few kilobytes, and what is made of it grows with products of its axes.
extension GridLock {
    /// Bytes of a canonical evaluation besides the names of its models, at most.
    private static let fixedBytes = 1_024

    /// Bytes of the canonical evaluation of the largest pool, roughly: how much one cell weighs in memory and messages.
    package var evaluationBytes: Int { Self.largestPool(of: contents) + Self.fixedBytes }

    private static func largestPool(of contents: GridLockContents) -> Int {
        contents.axes.tables.map { bytes(of: $0) }.max() ?? 0
    }

    private static func bytes(of table: GridTable) -> Int { table.models.reduce(0) { $0 + $1.utf8.count + 3 } }

    /// The pieces that keys are put together from fit in memory.
    ///
    /// - Returns: the bytes of the names of the largest pool.
    static func checkTemplates(of contents: GridLockContents) throws(RouteGridError) -> Int {
        let readsEmbeddings = contents.blocks.contains { $0.reads.contains(.embeddings) }
        let pairs = readsEmbeddings ? contents.axes.encoders.count : 1
        let tables = contents.axes.tables.reduce(0) { $0 + bytes(of: $1) + fixedBytes / 2 }
        let (size, isTooLarge) = tables.multipliedReportingOverflow(by: pairs)
        guard !isTooLarge, size <= GridRanges.templateBytes else {
            throw .badInput(
                "grid \(contents.name)",
                "\(contents.axes.tables.count) tables with \(pairs) pairs of encoders: the names of their models have "
                    + "more than \(GridRanges.templateBytes) bytes together"
            )
        }
        try checkSteps(of: contents, pairs: pairs)
        return largestPool(of: contents)
    }

    /// What is done for each block with every value of the axes comes to an end.
    private static func checkSteps(of contents: GridLockContents, pairs: Int) throws(RouteGridError) {
        let axes = contents.axes
        let clauses = contents.exclude.reduce(0) { $0 + $1.valueCount }
        let values = axes.tables.count + axes.encoders.count + axes.splits.count + axes.seeds.count + axes.budgets.count
        // Twice: the blocks come again where latency is measured.
        let perBlock = axes.tables.count * pairs * axes.modalities.count + (clauses == 0 ? 0 : values + clauses)
        let (steps, isTooLarge) = (2 * contents.blocks.count).multipliedReportingOverflow(by: perBlock)
        guard contents.blocks.count <= GridRanges.blocks, !isTooLarge, steps <= GridRanges.lockSteps else {
            throw .badInput(
                "grid \(contents.name)",
                "\(contents.blocks.count) routers with \(axes.tables.count) tables, \(pairs) pairs of encoders and "
                    + "\(clauses) values in exclude are too many to be combined"
            )
        }
    }

    /// The keys of a group, which are made at one go, fit in memory.
    static func checkGroups(of layout: BlockLayout, largestPool: Int, grid: String) throws(RouteGridError) {
        let cells = layout.variants.map(\.groupSize).max() ?? 0
        let (size, isTooLarge) = cells.multipliedReportingOverflow(by: largestPool + fixedBytes)
        guard !isTooLarge, size <= GridRanges.groupBytes else {
            throw .badInput(
                "grid \(grid)",
                "router \(layout.block.kind): one fit has \(cells) evaluations, whose keys have more than "
                    + "\(GridRanges.groupBytes) bytes; list fewer budgets"
            )
        }
    }
}
