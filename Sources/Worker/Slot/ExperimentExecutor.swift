package import Catalog
import Foundation
import Grid
package import RouteGridBase
import RoutingCore
package import RoutingData
package import Scoring
package import Wire

/// Computes cells with the core: canonical bytes in, records out.
package final class ExperimentExecutor: CellExecutor {
    private let numerics: String
    private let turn: MachineTurn
    private let programs: AllowedPrograms
    private var loader = TableLoader()
    private var current: Prepared?
    /// The fits that it made.
    package private(set) var fitCount = 0

    private struct Prepared {
        let bytes: Data
        let fit: FitIdentity
        let fitKey: FitKey
        let labels: JSONValue
        let experiment: FittedExperiment
        let fitSeconds: Double
        let cost: CostIdentity?
        /// Evaluations that differ in their budget only, and the writer of their records.
        let families: [(job: JobIdentity, writer: RecordWriter)]
        /// The cells that the task had when it was prepared.
        let cells: [JobKey: Asked]
    }

    /// What a cell of the task requests.
    private enum Asked {
        case evaluation(family: Int, budget: Budget)
        case latency(LatencyIdentity)
    }

    /// - Parameters:
    ///   - numerics: the class of this process; a fit of another class is refused.
    ///   - turn: what measurements wait for.
    ///   - programs: what `exec` routers may run.
    package init(
        numerics: String,
        turn: MachineTurn = MachineTurn(),
        programs: AllowedPrograms = AllowedPrograms()
    ) {
        self.numerics = numerics
        self.turn = turn
        self.programs = programs
    }

    package func enter(_ task: SlotTask) {
        if task.measures { turn.enterAlone() } else { turn.enter() }
    }

    package func leave() { turn.leave() }

    package func prepare(_ task: SlotTask) throws { try prepare(task, replaying: nil) }

    /// Reads the data without embeddings and takes the place of a fit by the choices that its records hold.
    ///
    /// - Parameters:
    ///   - choices: `[points, items]` by part; a part that metrics are read by and that has none fails its cells.
    ///   - task: cells of one rule, budget and modality.
    /// - Returns: the models in the order of preference between equal scores, on the costs of the task.
    /// - Throws: as ``prepare(_:)``, and `badInput` for choices that are not of the task's items.
    package func replay(_ choices: [EvaluationPart: Matrix<ModelNumber>], in task: SlotTask) throws -> [Int] {
        current = nil
        try prepare(task, replaying: choices)
        return current?.experiment.ground.order.preference ?? []
    }

    private func prepare(_ task: SlotTask, replaying choices: [EvaluationPart: Matrix<ModelNumber>]?) throws {
        let fit = try FitIdentity(parsing: Array(task.fit))
        guard fit.numerics == numerics else {
            throw RouteGridError(.badInput, "this slot is of numerics class \(numerics), the fit of \(fit.numerics)")
        }
        var families = JobFamilies()
        var cells: [JobKey: Asked] = [:]
        cells.reserveCapacity(task.cells.count)
        var measurements: [LatencyIdentity] = []
        for cell in task.cells {
            let (bytes, key) = (Array(cell.eval), try JobKey(field: cell.jobKey, "job_key"))
            if LatencyIdentity.isNamed(by: bytes) {
                let json = try JSONValue(parsing: bytes, place: "cell \(cell.cell)")
                measurements.append(try LatencyIdentity(json: json, place: "cell \(cell.cell)"))
                cells[key] = .latency(measurements[measurements.count - 1])
            } else {
                let found = try families.read(bytes, place: "cell \(cell.cell)")
                cells[key] = .evaluation(family: found.family, budget: found.budget)
            }
        }
        let list = families.jobs.map(CellIdentity.evaluation) + measurements.map(CellIdentity.latency)
        let labels = try JSONValue(parsing: task.labels, place: "labels")
        var paths: [Digest: String] = [:]
        for file in task.data { paths[try Digest(field: file.sha, "data.sha")] = file.path }
        let (ground, table, parts) = try loader.load(fit, list, paths: paths, withEmbeddings: choices == nil)
        let request = FitRequest(
            router: fit.router,
            mode: fit.mode,
            modality: fit.trainModality,
            fusion: fit.fusion,
            label: fit.label,
            streams: RandomStreams(seed: fit.seed ?? 0, splitIndex: fit.split.index, routerKind: fit.router.kind),
            table: table,
            parts: parts,
            minCoverage: fit.minCoverage,
            file: choices == nil ? try TableLoader.file(of: fit.router, paths: paths) : nil,
            programs: programs.given(cpus: Int(task.cpus), gpus: task.gpus)
        )
        // A lease is often the rest of one that this slot fitted already; such a fit is not reused where it is timed.
        // Costs may still differ: a fit that does not train on them has one key for all prices.
        let cost = list.first?.cost
        let last = current.flatMap { known in
            known.bytes == task.fit && known.experiment.request.table.hasEmbeddings(of: table) ? known : nil
        }
        let known = last.flatMap { $0.cost == cost ? $0 : nil }
        let experiment: FittedExperiment
        var fitSeconds = last?.fitSeconds ?? 0
        if let known, !task.measures {
            experiment = known.experiment
        } else if let last, !task.measures, choices == nil, try Self.keepsNoCost(fit.router) {
            experiment = try FittedExperiment(request: request, router: last.experiment.router, ground: ground)
        } else {
            let clock = ContinuousClock()
            let begun = clock.now
            let router: any FittedRouter =
                try choices.map { try ReplayedRouter($0, parts: parts, models: table.models.count) }
                ?? RouterFitting.fit(request)
            fitCount += 1
            fitSeconds = (clock.now - begun) / .seconds(1)
            experiment = try FittedExperiment(request: request, router: router, ground: ground)
        }
        current = Prepared(
            bytes: task.fit,
            fit: fit,
            fitKey: task.fit.withUnsafeBytes { FitKey(hashing: $0) },
            labels: labels,
            experiment: experiment,
            fitSeconds: fitSeconds,
            cost: cost,
            families: families.jobs.map { ($0, RecordWriter(fit: fit, job: $0, labels: labels)) },
            cells: cells
        )
    }

    /// Whether what a fit of a router holds is the same at all prices.
    ///
    /// Routers that read no embedding may keep the costs that they were made with, as the oracle does, and take no time
    /// to make.
    private static func keepsNoCost(_ router: RouterConfiguration) throws -> Bool {
        let reads = try RouterCatalog.descriptor(of: router.kind).reads
        return reads.contains(.embeddings) && !reads.contains(.trainCost)
    }

    package func evaluate(_ cell: SlotCell) throws -> CellOutcome {
        // The keys are hashes of the bytes that are computed from.
        let key = cell.eval.withUnsafeBytes { JobKey(hashing: $0) }
        guard let leased = JobKey(bytes: cell.jobKey), key == leased else {
            throw RouteGridError(.badInput, "cell \(cell.cell): its evaluation has another key than it was leased with")
        }
        switch current?.cells[key] {
        case .evaluation(let family, let budget):
            guard let current, current.families[family].job.fit == current.fitKey else { break }
            return try evaluate(current.families[family], at: budget, key, current)
        case .latency(let job):
            guard let current, job.fit == current.fitKey else { break }
            return try measure(job, current)
        case nil: break
        }
        throw RouteGridError(.badInput, "cell \(cell.cell) does not belong to the fit of its task")
    }

    private func evaluate(
        _ family: (job: JobIdentity, writer: RecordWriter),
        at budget: Budget,
        _ key: JobKey,
        _ current: Prepared
    ) throws -> CellOutcome {
        let job = family.job
        let evaluation = try current.experiment.evaluate(
            EvaluationRequest(
                testModality: job.testModality,
                part: job.part,
                rule: job.rule,
                // λ of a soft label belongs to the fit; the point shows it.
                budget: current.fit.label.map { Budget.amount($0.lambda) } ?? budget,
                isRawPenalty: job.isRawPenalty
            )
        )
        let (choices, bytes) = (evaluation.choices, evaluation.choiceBytes)
        let digest = Digest(hashing: bytes)
        let record = family.writer.record(
            budget: budget,
            jobKey: key,
            members: evaluation.members,
            choices: digest,
            type: evaluation.choiceType,
            points: choices.rows,
            items: choices.columns
        )
        return CellOutcome(
            resultDigest: record.resultDigest,
            record: record.line,
            blobs: [(digest, bytes)]
        )
    }

    /// The fit of the prepared task as a file, with the points of its evaluations: see
    /// ``RoutingCore/FittedExperiment/exported(_:facts:)``.
    ///
    /// - Parameter keys: evaluations of the task, of one part, modality and rule.
    /// - Returns: the bytes of the file.
    /// - Throws: `badInput` for a router that cannot be written, or keys that are no evaluations of the task.
    package func exported(_ keys: [JobKey]) throws -> [UInt8] {
        guard let current else { throw RouteGridError(.badInput, "no task is prepared") }
        let requests = try keys.map { key throws(RouteGridError) in
            guard case .evaluation(let family, let budget) = current.cells[key] else {
                throw RouteGridError(.badInput, "cell \(key) is no evaluation of the fit")
            }
            let job = current.families[family].job
            return EvaluationRequest(
                testModality: job.testModality,
                part: job.part,
                rule: job.rule,
                budget: current.fit.label.map { Budget.amount($0.lambda) } ?? budget,
                isRawPenalty: job.isRawPenalty
            )
        }
        let fit = current.fit
        var facts: [String: JSONValue] = [
            "fit_key": .string(current.fitKey.hex), "job_keys": JSONValue(keys.map(\.hex)),
            "numerics": .string(fit.numerics), "split": fit.split.json, "labels": current.labels,
        ]
        if let seed = fit.seed { facts["seed"] = JSONValue(seed) }
        return try current.experiment.exported(requests, facts: facts)
    }

    private func measure(_ job: LatencyIdentity, _ current: Prepared) throws -> CellOutcome {
        let rows = try current.experiment.testRows(atMost: job.queries)
        let machine = MachineFacts.json
        let meter = LatencyMeter(warmup: job.warmup, repeats: job.repeats, batch: job.batch)
        let figures = try meter.measure(rows) { try current.experiment.route($0, modality: job.testModality) }
        var measured = figures.members(batch: job.batch)
        measured["fit_s"] = .double((current.fitSeconds * 1e6).rounded() / 1e6)
        measured["encoder_us"] = ["v": .null, "why": "embeddings are read from the dataset, which does not time them"]
        measured["queries"] = JSONValue(rows.count)
        measured["machine"] = machine
        measured["other_busy_slots"] =
            turn.isAlone
            ? ["v": 0]
            : ["v": .null, "why": "other slots of this coordinator on this machine did not make room in time"]
        let record = LatencyRecord.make(
            fit: current.fit,
            job: job,
            labels: current.labels,
            measured: .object(measured)
        )
        return CellOutcome(resultDigest: record.resultDigest, record: record.line)
    }
}

extension SlotTask {
    /// Whether its cells are latency jobs; all cells of a task are of one kind.
    fileprivate var measures: Bool { cells.first.map { LatencyIdentity.isNamed(by: $0.eval) } ?? false }
}

extension OutcomeTable {
    /// Whether every embedding of another table of the same fit is also in this one.
    fileprivate func hasEmbeddings(of other: OutcomeTable) -> Bool {
        (text != nil || other.text == nil) && (image != nil || other.image == nil)
    }
}
