package import Grid

/// How intervals, ranks and groups of a board are made, and from what.
package struct BoardStatistics: Sendable {
    package let settings: GridStatistics
    let tables: KnownTables
    let blobs: BlobFolders
    let progress: BoardProgress

    /// - Parameters:
    ///   - settings: A grid's `statistics`.
    ///   - tables: What grids say of the data.
    ///   - blobs: Where outcomes and choices are.
    ///   - progress: Hears how far it is and may stop it.
    package init(
        settings: GridStatistics,
        tables: KnownTables,
        blobs: BlobFolders,
        progress: BoardProgress = BoardProgress()
    ) {
        (self.settings, self.tables, self.blobs, self.progress) = (settings, tables, blobs, progress)
    }

    /// Competitors of a section beyond which nobody is compared: the pairs would be millions.
    static let rowLimit = 1_000
    /// Resampling weights of a section: 1 GiB, a byte each.
    static let weightLimit = 1 << 30
}
