import Aggregator
import ArgumentParser
import Foundation
import Report
import RouteGridBase

/// Whether an output folder is what it claims to be.
struct VerifyVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks an output folder: hashes, its boards made again, and cells computed again.",
        discussion: """
            Every file is compared with its digest in MANIFEST.sha256, every record with the digest of its result, and every \
            board with what the records make, byte by byte. --recompute N computes N cells again, chosen by --seed, and \
            compares their results bit for bit; the data are taken from the folder, and what is not there (embeddings) from \
            the grid file that --grid names. Cells of programs (`exec`) run again with --allow-exec NAME=PATH; those that say \
            deterministic: false are not among them.

            Ends with 0, or with 4 and a line a finding.

            Examples:
              routegrid verify out/demo --recompute 5 --grid jobs/demo.yaml
              routegrid verify out/own --recompute 5 --grid own.yaml --allow-exec ridge=jobs/routers/ridge.py
            """
    )

    @Argument(help: ArgumentHelp("An output folder.", valueName: "dir")) var folder: String
    @Option(help: ArgumentHelp("Compute so many cells again.", valueName: "n")) var recompute: Int?
    @Option(help: ArgumentHelp("The grid file, for data that are not beside the records.", valueName: "file"))
    var grid: String?
    @Option(help: "Of the choice of cells.") var seed = 1
    @OptionGroup var programs: ProgramOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let recompute, recompute < 1 { throw ValidationError("--recompute takes a number of cells, at least 1.") }
    }

    func run() throws {
        let console = output.console
        let progress = BoardProgressReport(console)
        var check = try FolderCheck(path: folder)
        check.checkManifest()
        try check.checkBoards(pages: ReportFiles.pages, progress: progress.progress())
        progress.finish()
        var findings = check.findings
        var again: Int?
        var passedOver = 0
        if let recompute, findings.isEmpty {
            let sample = try check.sample(recompute, seed: seed)
            let recomputation = CellRecomputation(folder: folder, grid: grid, programs: try programs.allowed())
            if !sample.cells.isEmpty { findings += try recomputation.differences(sample.cells) }
            (again, passedOver) = (sample.cells.count, sample.passedOver)
            if passedOver > 0 {
                console.note("\(passedOver) records of non-deterministic programs are not computed again")
            }
        }
        let document: JSONValue = [
            "schema": "routegrid/verify/v1", "files": JSONValue(check.fileCount),
            "records": JSONValue(check.recordCount), "rebuilt": JSONValue(check.rebuiltCount),
            "recomputed": again.map { JSONValue($0) } ?? .null, "not_comparable": JSONValue(passedOver),
            "findings": JSONValue(findings),
        ]
        let cells = again.map { ", \($0) cell\($0 == 1 ? "" : "s") computed again" } ?? ""
        console.emit(
            document,
            table: findings.isEmpty
                ? "\(check.fileCount) files and \(check.recordCount) records have their hashes, "
                    + "\(check.rebuiltCount) files made again are the same\(cells): \(SafeText.line(folder)) is whole\n"
                : findings.map { SafeText.line($0) + "\n" }.joined()
        )
        guard findings.isEmpty else {
            let count = findings.count
            throw RouteGridError(.checkFailed, "\(folder): \(count) finding\(count == 1 ? "" : "s")")
        }
    }
}
