import Aggregator
import ArgumentParser
import Foundation
import RouteGridBase
import RoutingCore

/// A row's router as a file.
struct ExportFit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Writes the fitted router of a row: safetensors with a JSON description.",
        discussion: """
            BOARD#ROW is an output folder and a row of it, as `compare` takes them. The fit is made again from the data, and \
            its results are compared with the records of the row before the file is written, so that routing by it is what \
            the board shows. Data are taken from the folder, and what is not there (embeddings) from the grid file that \
            --grid names.

            A row of several splits and seeds has several fits: --run takes one by its number, from 1 by split, then seed.

            The file's metadata hold a JSON description (format \(ExportedFit.format)); `routegrid route` reads it, and \
            jobs/routers/read_fit.py shows how to without RouteGrid. Routers that are written: \
            \(ExportedFit.kinds.joined(separator: ", ")). Others are refused with the reason.

            Of a program (`exec`) the fit is what it wrote, where the grid says `keep: true`: --allow-exec NAME=PATH.

            Examples:
              routegrid export fit out/demo#digits/linear --grid jobs/demo.yaml --out linear.safetensors
              routegrid route --router linear.safetensors --text queries.npy
            """
    )

    @Argument(help: ArgumentHelp("An output folder and a row of it.", valueName: "board#row")) var row: String
    @Option(help: ArgumentHelp("The file to write.", valueName: "file")) var out: String
    @Option(help: ArgumentHelp("The grid file, for data that are not beside the records.", valueName: "file"))
    var grid: String?
    @Option(name: .customLong("run"), help: ArgumentHelp("Which run of the row, from 1.", valueName: "n")) var number =
        1
    @OptionGroup var programs: ProgramOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        guard let mark = row.lastIndex(of: "#"), mark != row.startIndex, row.index(after: mark) != row.endIndex else {
            throw RouteGridError(.usage, "expected BOARD#ROW, found \"\(row)\"")
        }
        let folder = String(row[..<mark])
        let recorded = try RecordedBoard(path: folder)
        let entry = try RowNames(recorded.board).find(String(row[row.index(after: mark)...]), on: folder)
        let found = recorded.board.sections[entry.section].rows[entry.row]
        if let why = ExportedFit.refusal(found.routerKind) {
            throw RouteGridError.badInput("router \(found.routerKind)", "cannot be exported: \(why)")
        }
        guard found.runs.indices.contains(number - 1) else {
            throw RouteGridError(.usage, "--run \(number): the row has \(found.runs.count) runs")
        }
        let chosen = found.runs[number - 1]
        let records = try RecordCollection(reading: [RecordSource(path: folder)]).records
        let keys = Set(chosen.jobKeys)
        let own = records.filter { keys.contains($0.jobKey) }
        guard let fit = own.first?.fitKey else { throw RouteGridError.badInput(folder, "the row has no record yet") }
        let cells = own.filter { $0.fitKey == fit }
        try CellRecomputation(folder: folder, grid: grid, programs: programs.allowed())
            .exportFit(cells.map { ($0.jobKey, $0.resultDigest) }, to: out)
        if cells.count < own.count {
            output.console.warn("the row joins fits of several labels; this is the fit of \(fit.hex.prefix(12))…")
        }
        let document: JSONValue = [
            "schema": "routegrid/exported-fit/v1", "file": .string(out), "row": .string(entry.slug),
            "fit_key": .string(fit.hex), "job_keys": JSONValue(cells.map(\.jobKey.hex)), "run": JSONValue(number),
            "runs": JSONValue(found.runs.count),
        ]
        output.console.emit(
            document,
            table: "\(SafeText.line(out)): \(entry.name), run \(number) of \(found.runs.count), as its records say\n"
        )
    }
}
