import Aggregator
import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingData
import Scoring
import Wire
import Worker

/// The records of a board under other prices: those whose choices do not depend on what models cost.
///
/// Routers that look at no embedding are a function of the outcomes and are computed from them; of the others, choices
/// that do not depend on costs are read from the old records, and all that follows from them is computed again. Nothing
/// is trained.
struct BoardRepricing {
    /// Cells that cannot be had without a fit.
    struct Refit: Hashable {
        /// The dataset and the router, as boards name them.
        let row: String
        let why: String
    }

    let lock: GridLock
    let warnings: [String]
    private(set) var selection: FrozenSelection?
    /// Lines of records by key.
    private(set) var lines: [JobKey: [UInt8]] = [:]
    /// Numbers of cells.
    private(set) var refits: [Refit: Int] = [:]
    private let old: GridLock
    private let records: [JobKey: ScoredRecord]
    private let beside: BlobFolders
    private let known: [Digest: BlobSource]
    private let scratch: OutputFolder
    private let executor: ExperimentExecutor

    /// - Parameters:
    ///   - path: the board, an output folder.
    ///   - sheet: the price sheet.
    ///   - grid: the grid file of the board, for data that are not beside it.
    ///   - scratch: where the records and their blobs are put.
    /// - Throws: `badInput` when the board cannot be priced, and what computing its cells throws.
    init(of path: String, sheet: String, grid: String?, in scratch: OutputFolder) throws {
        let source = try RecordSource(path: path)
        guard let bytes = FileManager.default.contents(atPath: source.lockPath) else {
            throw RouteGridError.badInput(
                path,
                "no \(OutputName.lock): a board of several grids cannot be priced; price the boards of the grids"
            )
        }
        old = try GridLock(parsing: bytes, place: source.lockPath)
        let collection = try RecordCollection(reading: [source])
        try collection.checkAgreement()
        records = Dictionary(collection.records.map { ($0.jobKey, $0) }) { $1 }
        let folders = BlobFolders([source.blobFolder])
        beside = folders
        let priced: ResolvedGrid
        if let grid {
            priced = try old.repriced(sheet: sheet, gridFile: grid)
        } else {
            priced = try old.repriced(sheet: sheet) { digest throws(RouteGridError) in try folders.bytes(digest) }
        }
        (lock, known, warnings) = (priced.lock, priced.blobs, priced.warnings)
        self.scratch = scratch
        executor = ExperimentExecutor(numerics: lock.numerics)
        try computeAll()
        try scratch.write(
            lines.keys.sorted().flatMap { (lines[$0] ?? []) + [UInt8(ascii: "\n")] },
            to: OutputName.records
        )
        try scratch.write(lock.bytes, to: OutputName.lock)
        // What was read on test before stays read.
        if let reads = FileManager.default.contents(atPath: source.testReadsPath) {
            try scratch.write(Array(reads), to: OutputName.testReads)
        }
        if let selection { try scratch.write(selection.bytes, to: OutputName.selection) }
    }

    private mutating func computeAll() throws {
        for group in lock.evaluationGroups { try compute(group, lock.jobs(ofGroup: group).filter(isFirst)) }
        guard var tally = SelectionTally(lock) else { return }
        for group in lock.evaluationGroups {
            var readings: [JobKey: MetricReading] = [:]
            for job in tally.judgingJobs(ofGroup: group) {
                guard let line = lines[job.jobKey] else { continue }
                readings[job.jobKey] = try MetricReading(of: tally.metricName, recordLine: line, place: "its record")
            }
            tally.add(group: group, readings: readings)
        }
        let frozen = tally.frozen()
        selection = frozen
        let selected = Set(frozen.cells)
        for group in lock.evaluationGroups {
            try compute(group, lock.jobs(ofGroup: group).filter { selected.contains($0.cell) })
        }
    }

    private func isFirst(_ job: KeyedJob) -> Bool { !lock.isDeferred(job.cell) }

    private mutating func compute(_ group: Int, _ jobs: [KeyedJob]) throws {
        let jobs = jobs.filter { lines[$0.jobKey] == nil }
        guard !jobs.isEmpty else { return }
        if lock.readsEmbeddings(group) {
            guard !lock.trainsOnCost(group) else {
                return leave(jobs, of: group, why: "trains on costs")
            }
        } else if try store(lock.data(ofGroup: group)) {
            let executor = executor
            return try add(jobs, of: group) { try executor.prepare($0) }
        }
        for job in jobs { try replay(job, of: group) }
    }

    /// One cell of the choices that its old record holds.
    private mutating func replay(_ job: KeyedJob, of group: Int) throws {
        let identity = try JobIdentity(parsing: job.evalBytes)
        guard let table = try outcomes(of: identity) else {
            return leave(
                [job],
                of: group,
                why: "its data are not beside the board: --grid FILE names the grid that has them"
            )
        }
        var choices: [EvaluationPart: Matrix<ModelNumber>] = [:]
        for other in old.jobs(ofGroup: group) {
            let found = old.job(ofCell: other.cell)
            guard found.rule == identity.rule, found.budget == identity.budget,
                found.isRawPenalty == identity.isRawPenalty, found.testModality == identity.testModality
            else { continue }
            choices[found.part] = try records[other.jobKey]?.choices(in: beside)
        }
        guard choices[identity.part] != nil else {
            return leave([job], of: group, why: "no choices of it are beside the board")
        }
        do {
            let order = try executor.replay(choices, in: task([job], of: group, of: lock, table))
            if lock.readsEmbeddings(group) {
                let was = try oldOrder(job.cell, of: group, choices)
                guard was == order else {
                    return leave(
                        [job],
                        of: group,
                        why: "equal scores go to the cheaper model, and another one is cheaper under these prices"
                    )
                }
            }
            try add([job], of: group) { _ in }
        } catch let error as RouteGridError where error.code == .badInput {
            leave([job], of: group, why: error.message)
        }
    }

    /// The models by the preference that the old costs gave; nil when these are not at hand.
    private func oldOrder(
        _ cell: CellID,
        of group: Int,
        _ choices: [EvaluationPart: Matrix<ModelNumber>]
    ) throws -> [Int]? {
        guard let job = old.jobs(ofGroup: group).first(where: { $0.cell == cell }),
            let table = try outcomes(of: JobIdentity(parsing: job.evalBytes))
        else { return nil }
        let other = ExperimentExecutor(numerics: old.numerics)
        return try other.replay(choices, in: task([job], of: group, of: old, table))
    }

    /// The blobs of the outcomes that a job reads, stored; nil when some are not at hand.
    private func outcomes(of job: JobIdentity) throws -> [Digest]? {
        let blobs = [job.data.samples, job.data.quality] + job.cost.blobs
        return try store(blobs) ? blobs : nil
    }

    /// Puts blobs into the scratch folder.
    ///
    /// - Returns: False when some are not at hand.
    private func store(_ blobs: [Digest]) throws -> Bool {
        for digest in blobs where !scratch.hasBlob(digest) {
            guard let bytes = try known[digest]?.bytes() ?? beside.bytes(digest) else { return false }
            try scratch.store(blob: bytes, digest: digest)
        }
        return true
    }

    /// Evaluates cells of one fit, which `prepare` makes ready.
    private mutating func add(_ jobs: [KeyedJob], of group: Int, prepare: (SlotTask) throws -> Void) throws {
        let task = task(jobs, of: group, of: lock, lock.data(ofGroup: group))
        try prepare(task)
        for (job, cell) in zip(jobs, task.cells) {
            let outcome = try executor.evaluate(cell)
            for blob in outcome.blobs { try scratch.store(blob: blob.content, digest: blob.digest) }
            lines[job.jobKey] = outcome.record
        }
    }

    private func task(_ jobs: [KeyedJob], of group: Int, of lock: GridLock, _ blobs: [Digest]) -> SlotTask {
        SlotTask(jobs, ofGroup: group, of: lock, reading: blobs) { scratch.place(OutputName.blob($0)) }
    }

    private mutating func leave(_ jobs: [KeyedJob], of group: Int, why: String) {
        let fit = lock.fit(ofGroup: group)
        let parameters = fit.router.parameters.sorted { $0.key < $1.key }.map { name, value in
            "\(name)=\(value.stringValue ?? value.jsonText)"
        }
        let labels = lock.labels(ofGroup: group)
        var row = "\(labels["dataset"]?.stringValue ?? "") · \(fit.router.kind)"
        if !parameters.isEmpty { row += " (\(parameters.joined(separator: ", ")))" }
        refits[Refit(row: row, why: why), default: 0] += jobs.count
    }
}
