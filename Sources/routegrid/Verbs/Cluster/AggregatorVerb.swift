import Aggregator
import ArgumentParser
import Foundation
import Report
import RouteGridBase
import Wire

/// Follows a coordinator and keeps its boards current.
struct AggregatorVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aggregator",
        abstract: "Follows a coordinator's records and keeps the boards in a folder current.",
        discussion: """
            Boards of different modes and numerics classes stand in subfolders of their own. What was read stays in the \
            folder: after a restart of either side it continues from there, and no record is missed or counted twice. A record \
            that cannot be on a board is left out of it and named there with the reason; it ends nothing.

            Example:
              routegrid aggregator --connect tcp://127.0.0.1:7557 --out boards
            """
    )

    @Option(help: ArgumentHelp("The folder for boards.", valueName: "dir"))
    var out: String

    @Option(help: ArgumentHelp("The time between two requests for new records.", valueName: "seconds"))
    var every = 2.0

    @Flag(help: "End when what is there now is on the boards, in place of following until stopped.")
    var once = false

    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0.05...86_400).contains(every) else { throw ValidationError("--every takes 0.05 to 86400 seconds.") }
    }

    func run() throws {
        let signals = try SignalWatch()
        defer { signals.cancel() }
        // Making a board takes long and checks for no signal; one that is interrupted is made by the next start.
        try signals.interruptibly(cleanUp: { _ in OutputFolder.stopReplacing() }, follow)
    }

    private func follow() throws {
        var keeper = try BoardKeeper(folder: OutputFolder(path: out), pages: ReportFiles.pages)
        var client: ClusterClient? = try connection.client("aggregator")
        defer { client?.close() }
        var warned: Set<LeftOut> = []
        while true {
            let begun = ContinuousClock.now
            do {
                if client == nil { client = try connection.client("aggregator") }
                if let client, let kept = try keeper.update(from: client) {
                    say(kept)
                    for record in kept.flatMap(\.board.leftOut) where warned.insert(record).inserted {
                        output.console.warn("left out: \(SafeText.line(record.text))")
                    }
                }
            } catch let error as RouteGridError where error.code == .unreachable && !once {
                output.console.warn("\(error.message); trying again")
                client?.close()
                client = nil
            }
            if once { return }
            // A board that takes long to make is updated less often.
            let pause = max(Duration.seconds(every), (ContinuousClock.now - begun) * 5)
            let next = ContinuousClock.now + pause
            while ContinuousClock.now < next { usleep(20_000) }
        }
    }

    private func say(_ kept: [BoardKeeper.Kept]) {
        let documents = kept.map { item in
            JSONValue.object([
                "path": .string(item.path), "rows": JSONValue(item.board.rows.count),
                "records": JSONValue(item.board.recordCount),
            ])
        }
        output.console.emit(
            documents,
            schema: "routegrid/boards/v1",
            table: kept.map { "\($0.path): \($0.board.rows.count) rows from \($0.board.recordCount) records\n" }
                .joined()
        )
    }
}
