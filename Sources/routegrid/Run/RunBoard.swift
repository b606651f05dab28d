import Aggregator
import Foundation
import Grid
import Report
import RouteGridBase
import Wire

/// The board of a run, from the records of its coordinator to a folder.
struct RunBoard {
    let client: ClusterClient
    let run: RunID
    let folder: String
    var page = BoardPage()
    /// Shows the report when it is written.
    var opensReport = false

    /// Fetches records and blobs, writes the board and prints it.
    ///
    /// - Returns: The facts of the run, a line of `runs.jsonl` each.
    /// - Throws: `unreachable` when the coordinator is gone; `system` when the folder cannot be written; `incomplete`
    ///   when nothing could be selected, so that the board has no row.
    @discardableResult
    func publish(on console: Console) throws -> [JSONValue] {
        let reply = try client.query(.lock, "\(run)")
        guard let text = reply["lock"]?.stringValue else {
            throw RouteGridError(.protocolRefused, "the coordinator's reply holds no lock")
        }
        let lock = try GridLock(parsing: text.utf8, place: "the lock of run \(run)", revisions: .any)
        let output = try OutputFolder(path: folder)
        try output.claim()
        let report = BoardProgressReport(console)
        defer { report.finish() }
        var follower = try RecordFollower(into: output)
        defer { follower.discard() }
        let facts = try follower.follow(run: run, through: client)
        try follower.follow(tablesOf: lock, through: client)
        let hasFailures = try writeFailures(to: output)
        let source = try follower.source()
        let (selection, reads) = (try selection(), try testReads())
        let inputs = KeptBoard.inputs(lock, records: follower.recordDigests, selection: selection, reads: reads)
        if let inputs, let kept = KeptBoard(in: output, madeFrom: inputs) {
            let latency = try LatencyTable(reading: [source], filter: Aggregation.Filter())
            _ = try output.writeFacts(of: [source], latency)
            let board = BoardReport(summary: kept.summary, folder: folder)
            try board.show(on: console, page)
            console.emit(latency)
            open(output, console)
            if !hasFailures { try board.checkSelected() }
            return facts
        }
        let aggregation = try Aggregation(
            [source],
            lock: lock,
            selection: selection,
            reads: reads,
            progress: report.progress()
        )
        let published = try aggregation.publish(to: output, pages: ReportFiles.pages)
        report.finish()
        let board = BoardReport(aggregation, published, folder: folder)
        if let inputs, published.missingBlobs.isEmpty {
            try KeptBoard(board.summary, madeFrom: inputs, in: output).write(to: output)
        }
        try board.show(on: console, page)
        console.emit(aggregation.latency)
        open(output, console)
        if !hasFailures { try board.checkSelected() }
        return facts
    }

    private func open(_ output: OutputFolder, _ console: Console) {
        guard opensReport else { return }
        ReportOpening.open(output.place(OutputName.report), console)
    }

    /// Writes `failures.jsonl`, or removes it when nothing failed.
    ///
    /// - Returns: Whether a cell failed, which determines the exit code.
    private func writeFailures(to output: OutputFolder) throws(RouteGridError) -> Bool {
        let failures = try RunFailures(of: "\(run)") { selector throws(RouteGridError) in
            try client.query(.failures, selector)
        }
        if failures.cells.isEmpty {
            try output.remove(OutputName.failures)
        } else {
            try output.write(failures.lines, to: OutputName.failures)
        }
        return !failures.cells.isEmpty
    }

    /// The test reads of all runs of the coordinator.
    private func testReads() throws -> TestReadCounts {
        try TestReadCounts(json: try client.query(.testReads), place: "the coordinator's test reads")
    }

    /// The selection made on dev; nil for a grid without `select`, and before the selection.
    private func selection() throws -> FrozenSelection? {
        guard let name = try client.query(.selection, "\(run)")["selection"]?.stringValue,
            let digest = Digest(hex: name)
        else { return nil }
        return try FrozenSelection(parsing: client.fetch(digest), place: "the selection of run \(run)")
    }
}
