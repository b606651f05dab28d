import Foundation
import Grid
package import RouteGridBase

/// The board of an output folder, made again from its records, with what comparing it takes.
package struct RecordedBoard: Sendable {
    package let path: String
    package let aggregation: Aggregation
    package var board: Leaderboard { aggregation.board }

    /// Reads a folder.
    ///
    /// - Parameters:
    ///   - path: An output folder.
    ///   - progress: Hears how far it is and may stop it.
    /// - Throws: `badInput` when it is none, or holds records that do not fit on one board; `checkFailed` when two
    ///   results of one key differ.
    package init(path: String, progress: BoardProgress = BoardProgress()) throws(RouteGridError) {
        let source = try RecordSource(path: path)
        var lock: GridLock?
        if let bytes = FileManager.default.contents(atPath: source.lockPath) {
            lock = try GridLock(parsing: bytes, place: source.lockPath, revisions: .any)
        }
        self.init(path: path, try Aggregation([source], lock: lock, progress: progress))
    }

    /// A board that is made already, and where its files are or will be.
    package init(path: String, _ aggregation: Aggregation) { (self.path, self.aggregation) = (path, aggregation) }

    /// How to resample, with this board's data.
    ///
    /// - Parameters:
    ///   - settings: Those of both boards that are compared.
    ///   - bootstrap: How many resamples.
    /// - Returns: The settings with where data and choices are.
    func statistics(_ settings: GridStatistics, bootstrap: Int) -> BoardStatistics {
        var settings = settings
        settings.bootstrap = bootstrap
        return BoardStatistics(settings: settings, tables: aggregation.tables, blobs: blobs)
    }

    var blobs: BlobFolders { BlobFolders(aggregation.sources.map(\.blobFolder)) }
    /// What the records' grid asks for; the usual settings where there is none.
    var settings: GridStatistics {
        aggregation.lock?.statistics ?? aggregation.tables.statistics ?? GridStatistics()
    }
}
