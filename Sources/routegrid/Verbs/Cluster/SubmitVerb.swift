import ArgumentParser
import Grid
import RouteGridBase
import Wire

/// Submits a grid to a running coordinator.
struct SubmitVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Freezes a grid and gives it, with its data, to a coordinator; prints the run's number.",
        discussion: """
            A run that no connected worker can compute is said at once: what it waits for is on stderr, and in `status`.

            Example:
              RUN=$(routegrid submit jobs/demo.yaml --connect tcp://127.0.0.1:7557) && routegrid wait $RUN
            """
    )

    @Argument(help: ArgumentHelp("The grid file.", valueName: "grid"))
    var grid: String

    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let resolved = try GridResolver.resolve(GridFile(path: grid), numerics: .ofThisMachine())
        for warning in resolved.warnings { output.console.warn(warning) }
        let client = try connection.client("submit")
        defer { client.close() }
        let (run, cells) = try client.submit(resolved)
        output.console.note("run \(run): \(resolved.lock.name), \(cells) cells")
        let report = try RunReport(try client.query(.run, "\(run)"))
        if let obstacle = report.obstacle { output.console.warn("run \(run) waits: \(obstacle)") }
        output.console.emit(
            [
                "schema": "routegrid/submitted/v1", "run": JSONValue(Int(clamping: run.rawValue)),
                "cells": JSONValue(Int(cells)),
            ],
            table: "\(run)\n"
        )
    }
}

extension ClusterClient {
    /// Submits a grid after uploading the blobs that the coordinator lacks.
    func submit(_ grid: ResolvedGrid) throws(RouteGridError) -> (run: RunID, cells: UInt64) {
        try submit(lock: grid.lock.bytes) { digest throws(RouteGridError) in
            guard let source = grid.blobs[digest] else {
                throw RouteGridError(
                    .protocolRefused,
                    "the coordinator asks for blob \(digest), which the grid does not name"
                )
            }
            return source.bytes()
        }
    }
}
