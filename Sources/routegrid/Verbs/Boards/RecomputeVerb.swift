import Aggregator
import ArgumentParser
import COpenBLAS
import Foundation
import Grid
import RouteGridBase
import RoutingData
import Wire
import Worker

/// Computes some cells for `verify`, which starts it with the environment of a slot; not for direct use.
struct RecomputeVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recompute",
        abstract: "Computes cells again for verify, which starts it.",
        discussion: "The folder holds grid.lock.json, blobs/ and the job keys, one a line, in keys.",
        shouldDisplay: false
    )

    @Argument(help: "The folder.") var folder: String
    @Option(help: ArgumentHelp("Write the fit of the cells, all of one, to a file.", valueName: "file"))
    var fit: String?
    @OptionGroup var programs: ProgramOptions

    func run() throws {
        if let problem = openblas_problem() { throw RouteGridError(.system, String(cString: problem)) }
        openblas_set_num_threads(1)
        let place = "\(folder)/\(OutputName.lock)"
        guard let bytes = FileManager.default.contents(atPath: place),
            let list = FileManager.default.contents(atPath: "\(folder)/keys")
        else { throw RouteGridError.badInput(folder, "expected \(OutputName.lock) and keys") }
        let lock = try GridLock(parsing: bytes, place: place)
        let keys = Set(String(decoding: list, as: UTF8.self).split(separator: "\n").compactMap { JobKey(hex: $0) })
        let executor = ExperimentExecutor(numerics: lock.numerics, programs: try programs.allowed())
        for group in lock.evaluationGroups {
            let jobs = lock.jobs(ofGroup: group).filter { keys.contains($0.jobKey) }
            guard !jobs.isEmpty else { continue }
            let task = SlotTask(jobs, ofGroup: group, of: lock) { "\(folder)/\(OutputName.blob($0))" }
            try executor.prepare(task)
            for cell in task.cells {
                let outcome = try executor.evaluate(cell)
                guard let key = JobKey(bytes: cell.jobKey) else { continue }
                Console.writeData("\(key.hex) \(outcome.resultDigest.hex)\n")
            }
            if let fit { try FileBytes.write(executor.exported(jobs.map(\.jobKey)), to: fit) }
        }
    }
}
