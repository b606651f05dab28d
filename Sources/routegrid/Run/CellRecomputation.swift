import Aggregator
import Foundation
import Grid
import RouteGridBase
import RoutingData
import Worker

/// Computes cells of an output folder again, in a process of the numerics class of its records.
struct CellRecomputation {
    let folder: String
    /// Where data are from that the folder does not hold.
    let grid: String?
    /// What `exec` routers may run.
    var programs = AllowedPrograms()

    /// A line for each cell whose result is another one than its record's.
    ///
    /// - Throws: `badInput` when the cells cannot be computed here: another numerics class, no lock, or data that are
    ///   not at hand.
    func differences(_ cells: [(key: JobKey, result: Digest)]) throws(RouteGridError) -> [String] {
        let (lock, kind) = try numerics()
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

    /// Writes the fit of some cells, as `routegrid export fit` does, after it computed the cells again.
    ///
    /// - Parameters:
    ///   - cells: evaluations of one fit, with the results of their records.
    ///   - file: where; it appears in one step.
    /// - Throws: as ``differences(_:)``; `checkFailed` when a result is another one than its record's, `badInput` for a
    ///   router that cannot be written.
    func exportFit(_ cells: [(key: JobKey, result: Digest)], to file: String) throws(RouteGridError) {
        let (lock, kind) = try numerics()
        let scratch = NSTemporaryDirectory() + "routegrid-export-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        try gather(cells.map(\.key), of: lock, in: try OutputFolder(path: scratch))
        let found = try computed(cells.map(\.key), scratch, kind, more: ["--fit", "\(scratch)/fit"])
        for cell in cells where found[cell.key.hex] != cell.result.hex {
            throw RouteGridError(.checkFailed, "cell \(cell.key): computed again its result is not that of its record")
        }
        let bytes = try FileBytes.read("\(scratch)/fit")
        let place = URL(fileURLWithPath: file)
        try OutputFolder(path: place.deletingLastPathComponent().path).write(bytes, to: place.lastPathComponent)
    }

    /// The lock of the folder, and with which numerics this machine computes its cells.
    private func numerics() throws(RouteGridError) -> (lock: GridLock, kind: NumericsKind) {
        let place = "\(folder)/\(OutputName.lock)"
        guard let bytes = FileManager.default.contents(atPath: place) else {
            throw .badInput(
                folder,
                "no \(OutputName.lock): records of several grids cannot be computed again from here"
            )
        }
        let lock = try GridLock(parsing: bytes, place: place)
        let classes = try NumericsClasses.ofThisMachine()
        guard
            let kind = [NumericsKind.portable: classes.portable, .native: classes.native]
                .sorted(by: { $0.key.rawValue > $1.key.rawValue }).first(where: { $0.value == lock.numerics })?.key
        else {
            throw .badInput(
                folder,
                "its records are of numerics class \(lock.numerics), and this machine computes \(classes.portable) and "
                    + "\(classes.native): their bits cannot be compared"
            )
        }
        return (lock, kind)
    }

    /// Puts what the cells need into a folder.
    private func gather(_ keys: [JobKey], of lock: GridLock, in scratch: OutputFolder) throws(RouteGridError) {
        let wanted = Set(keys)
        var needed: Set<Digest> = []
        for group in lock.evaluationGroups
        where lock.jobs(ofGroup: group).contains(where: { wanted.contains($0.jobKey) }) {
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
        _ keys: [JobKey],
        _ scratch: String,
        _ kind: NumericsKind,
        more: [String] = []
    ) throws(RouteGridError) -> [String: String] {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: ChildProcess.program)
        process.arguments = ["recompute", scratch] + ProgramOptions.words(programs) + more
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
            if process.terminationStatus == RouteGridError.Code.badInput.exitCode {
                throw RouteGridError(.badInput, "the cells cannot be computed from these data: see above")
            }
            throw RouteGridError(.system, "cells cannot be computed again: exit code \(process.terminationStatus)")
        }
        let lines = String(decoding: answer, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
        return Dictionary(lines.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }) { $1 }
    }
}
