package import Grid

/// How intervals, ranks and ties of a board are made, and from what.
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

    /// Rows of a section beyond which nothing is resampled: the pairs would be millions.
    static let rowLimit = 1_000
    /// Resamples made at a time.
    static let blockSize = 1_000
    /// Resampling weights held at a time: 2 GiB of float32.
    static let weightLimit = 1 << 29
    /// Values on resamples held at a time: 1 GiB of float64.
    static let valueLimit = 1 << 27
}
