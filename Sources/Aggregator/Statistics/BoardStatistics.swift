package import Grid

/// How intervals, ranks and ties of a board are made, and from what.
package struct BoardStatistics: Sendable {
    package let settings: GridStatistics
    let tables: KnownTables
    let blobs: BlobFolders

    /// - Parameters:
    ///   - settings: A grid's `statistics`.
    ///   - tables: What grids say of the data.
    ///   - blobs: Where outcomes and choices are.
    package init(settings: GridStatistics, tables: KnownTables, blobs: BlobFolders) {
        (self.settings, self.tables, self.blobs) = (settings, tables, blobs)
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
