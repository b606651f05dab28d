import Aggregator
import ArgumentParser
import Foundation
import Grid
import Report
import RouteGridBase

/// Makes boards from record files.
struct AggregateVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aggregate",
        abstract: "Merges metric records into frontier tables and a leaderboard.",
        discussion: """
            RECORDS are records.jsonl files or output folders, in any order; the same records give the same bytes. Blobs \
            are copied from the folders they stand in. Ends with 4 when two records of one job key differ, and with 3 \
            when the grid asks for cells that have no record.

            Example:
              routegrid aggregate night-1/ night-2/records.jsonl --out board
            """
    )

    @Argument(help: ArgumentHelp("Records files or output folders.", valueName: "records"))
    var records: [String]

    @Option(help: ArgumentHelp("The folder to write.", valueName: "dir"))
    var out: String

    @Option(help: ArgumentHelp("The grid that the records answer; without it, the one beside them.", valueName: "file"))
    var lock: String?

    @Option(help: "Only records of this mode: sound or compat.")
    var mode: String?

    @Option(help: "Only records of this numerics class.")
    var numerics: String?

    @OptionGroup var board: BoardOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        // An existing folder is checked before the work; a missing one is created for a board only.
        if FileManager.default.fileExists(atPath: out) { try OutputFolder(path: out).claim() }
        let progress = BoardProgressReport(console)
        defer { progress.finish() }
        var sources: [RecordSource] = []
        for path in records { sources.append(try RecordSource(path: path)) }
        let aggregation = try Aggregation(
            sources,
            filter: Aggregation.Filter(mode: mode, numerics: numerics),
            lock: try grid(sources),
            progress: progress.progress()
        )
        let folder = try OutputFolder(path: out)
        try folder.claim()
        let published = try aggregation.publish(to: folder, pages: ReportFiles.pages)
        progress.finish()
        if aggregation.records.repeatedCount > 0 {
            console.note("\(aggregation.records.repeatedCount) records came more than once, each time equal")
        }
        if !aggregation.latency.records.isEmpty {
            console.note("\(aggregation.latency.records.count) measurements of latency in \(OutputName.latency)")
        }
        let report = BoardReport(aggregation, published, folder: out)
        try report.show(on: console, board.page)
        try report.checkComplete()
    }

    /// The lock that was given, or the one that all folders with a lock agree on.
    private func grid(_ sources: [RecordSource]) throws -> GridLock? {
        if let lock {
            guard let bytes = FileManager.default.contents(atPath: lock) else {
                throw RouteGridError.badInput(lock, "no such file; expected a grid.lock.json")
            }
            return try GridLock(parsing: bytes, place: lock, revisions: .any)
        }
        let found = sources.compactMap { source in
            FileManager.default.contents(atPath: source.lockPath).map { (source.lockPath, $0) }
        }
        guard let first = found.first, mode == nil, numerics == nil else { return nil }
        guard found.allSatisfy({ $0.1 == first.1 }) else {
            output.console.note("the records come from several grids: cells without a record are not listed")
            return nil
        }
        return try GridLock(parsing: first.1, place: first.0, revisions: .any)
    }
}
