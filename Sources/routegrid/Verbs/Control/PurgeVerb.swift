import ArgumentParser
import Coordinator
import Foundation
import Keys
import RouteGridBase

/// `routegrid purge`: takes records back whose origin is not trusted any more.
struct PurgeVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Takes records of a cell, a worker or a key back: their cells run again.",
        discussion: """
            Works on the state folder of a coordinator that was stopped. In every run that has them the cells are pending \
            again, finished runs go on when the coordinator starts, and the folder's audit says who did it. Backups, and \
            folders of boards that were written before, keep what they have: write them anew. A worker's name is what it \
            called itself; a key is what it proved. Revoke the key first (`routegrid keys revoke`).

            Examples:
              routegrid purge --key w1 --state ./state
              routegrid purge --cell 3/17 --state ./state --dry-run
            """
    )

    @Option(help: ArgumentHelp("One cell, as `routegrid explain` names it.", valueName: "run/cell"))
    var cell: String?

    @Option(help: ArgumentHelp("All records of workers that called themselves so.", valueName: "name"))
    var worker: String?

    @Option(
        help: ArgumentHelp(
            "All records that a key delivered: a name (all its keys) or a fingerprint.",
            valueName: "key"
        )
    )
    var key: String?

    @Flag(name: .customLong("dry-run"), help: "Only says what would be taken back.")
    var isDry = false

    @OptionGroup var options: KeysOptions

    func validate() throws {
        guard [cell, worker, key].compactMap({ $0 }).count == 1 else {
            throw ValidationError("Say what to purge: one of --cell RUN/CELL, --worker NAME, --key KEY.")
        }
        if let cell, Self.parts(of: cell) == nil { throw ValidationError("--cell takes RUN/CELL, such as 3/17.") }
    }

    private static func parts(of cell: String) -> (RunID, CellID)? {
        let parts = cell.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let run = UInt64(parts[0]), let cell = Int(parts[1]), cell >= 0 else { return nil }
        return (RunID(run), CellID(cell))
    }

    func run() throws {
        let state = try options.state()
        let selection: RecordSelection
        let detail: String
        if let key {
            let fingerprints = try KeyRing.fingerprints(of: key, state: state)
            (selection, detail) = (.keys(fingerprints), "key \(fingerprints.sorted().joined(separator: ", "))")
        } else if let (run, number) = cell.flatMap(Self.parts) {
            (selection, detail) = (.cell(run, number), "cell \(run)/\(number)")
        } else {
            (selection, detail) = (.worker(worker ?? ""), "worker \(SafeText.line(worker ?? ""))")
        }
        // Only where there is one: nothing is made by a purge.
        let reading = try RecordStore(reading: StateFolder(reading: state))
        if isDry { return try report(reading.delivered(selection), cells: nil) }
        let store = try RecordStore(folder: StateFolder(path: state))
        defer { store.close() }
        let records = try store.delivered(selection)
        let cells = try records.isEmpty ? 0 : store.purge(records, actor: "\(NSUserName()) with purge", detail: detail)
        try report(records, cells: cells)
    }

    private func report(_ records: [DeliveredRecord], cells: Int?) throws {
        options.output.console.emit(
            [
                "schema": "routegrid/purge/v1", "records": .array(records.map(\.json)),
                "cells": cells.map { JSONValue($0) } ?? .null,
            ],
            table: cells.map { "\(records.count) records taken back, \($0) cells of runs pending again\n" }
                ?? "\(records.count) records would be taken back\n"
        )
    }
}
