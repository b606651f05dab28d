import Aggregator
import ArgumentParser
import Foundation
import Grid
import Report
import RouteGridBase
import Worker

/// Whether an output folder is what it claims to be.
struct VerifyVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks an output folder: hashes, its boards made again, and cells computed again.",
        discussion: """
            Every file is compared with its digest in MANIFEST.sha256, every record with the digest of its result, and every \
            board with what the records make, byte by byte. --recompute N computes N cells again, chosen by --seed, and \
            compares their results bit for bit; the data are taken from the folder, and what is not there (embeddings) from \
            the grid file that --grid names.

            Ends with 0, or with 4 and a line a finding.

            Example:
              routegrid verify out/demo --recompute 5 --grid jobs/demo.yaml
            """
    )

    @Argument(help: ArgumentHelp("An output folder.", valueName: "dir")) var folder: String
    @Option(help: ArgumentHelp("Compute so many cells again.", valueName: "n")) var recompute: Int?
    @Option(help: ArgumentHelp("The grid file, for data that are not beside the records.", valueName: "file"))
    var grid: String?
    @Option(help: "Of the choice of cells.") var seed = 1
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
        if let recompute, findings.isEmpty {
            let cells = try check.sample(recompute, seed: seed)
            findings += try CellRecomputation(folder: folder, grid: grid).differences(cells)
            again = cells.count
        }
        let document: JSONValue = [
            "schema": "routegrid/verify/v1", "files": JSONValue(check.fileCount),
            "records": JSONValue(check.recordCount), "rebuilt": JSONValue(check.rebuiltCount),
            "recomputed": again.map { JSONValue($0) } ?? .null, "findings": JSONValue(findings),
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

/// Computes cells of an output folder again, in a process of the numerics class of its records.
struct CellRecomputation {
    let folder: String
    /// Where data are from that the folder does not hold.
    let grid: String?

    /// A line for each cell whose result is another one than its record's.
    ///
    /// - Throws: `badInput` when the cells cannot be computed here: another numerics class, no lock, or data that are not
    ///   at hand.
    func differences(_ cells: [(key: Digest, result: Digest)]) throws(RouteGridError) -> [String] {
        let place = "\(folder)/\(OutputName.lock)"
        guard let bytes = FileManager.default.contents(atPath: place) else {
            throw .badInput(folder, "no \(OutputName.lock): records of several grids cannot be computed again from here")
        }
        let lock = try GridLock(parsing: bytes, place: place)
        let classes = try NumericsClasses.ofThisMachine()
        guard let kind = [NumericsKind.portable: classes.portable, .native: classes.native]
            .sorted(by: { $0.key.rawValue > $1.key.rawValue }).first(where: { $0.value == lock.numerics })?.key
        else {
            throw .badInput(
                folder,
                "its records are of numerics class \(lock.numerics), and this machine computes \(classes.portable) and "
                    + "\(classes.native): their bits cannot be compared"
            )
        }
        let scratch = NSTemporaryDirectory() + "routegrid-recompute-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        try gather(cells.map(\.key), of: lock, in: try OutputFolder(path: scratch))
        let found = try computed(cells.map(\.key), scratch, kind)
        return cells.compactMap { cell in
            guard let again = found[cell.key.hex] else { return "cell \(cell.key): was not computed again" }
            return again == cell.result.hex
                ? nil : "cell \(cell.key): computed again its result is \(again), its record says \(cell.result)"
        }
    }

    /// Puts what the cells need into a folder.
    private func gather(_ keys: [Digest], of lock: GridLock, in scratch: OutputFolder) throws(RouteGridError) {
        let wanted = Set(keys)
        var needed: Set<Digest> = []
        for group in lock.evaluationGroups where lock.jobs(ofGroup: group).contains(where: { wanted.contains($0.jobKey) }) {
            needed.formUnion(lock.data(ofGroup: group))
        }
        let beside = BlobFolders([folder])
        var known: [Digest: BlobSource] = [:]
        if let grid {
            known = try GridResolver.resolve(GridFile(path: grid), numerics: NumericsClasses.ofThisMachine()).blobs
        }
        for digest in needed.sorted() {
            guard let bytes = try beside.bytes(digest) ?? known[digest]?.bytes() else {
                throw .badInput(
                    folder,
                    grid == nil
                        ? "data that the cells read are not beside the records (blob \(digest.hex.prefix(12))…); --grid FILE "
                            + "names the grid that has them"
                        : "the data of \(grid ?? "") are not those of the records (blob \(digest.hex.prefix(12))…)"
                )
            }
            try scratch.store(blob: bytes, digest: digest)
        }
        try scratch.write(lock.bytes, to: OutputName.lock)
    }

    /// The digests of the results by key, both as hex digits.
    private func computed(
        _ keys: [Digest],
        _ scratch: String,
        _ kind: NumericsKind
    ) throws(RouteGridError) -> [String: String] {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: ChildProcess.program)
        process.arguments = ["recompute", scratch]
        process.environment = kind.environment(ProcessInfo.processInfo.environment)
        process.standardOutput = pipe
        let list = keys.map { $0.hex + "\n" }.joined()
        do {
            try Data(list.utf8).write(to: URL(fileURLWithPath: "\(scratch)/keys"))
            try process.run()
        } catch { throw RouteGridError(.system, "cells cannot be computed again: \(error.localizedDescription)") }
        let answer = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw RouteGridError(.system, "cells cannot be computed again: exit code \(process.terminationStatus)")
        }
        let lines = String(decoding: answer, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
        return Dictionary(lines.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }) { $1 }
    }
}
