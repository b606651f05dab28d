import Foundation
import Grid
import RouteGridBase
import RouterCatalog
import RoutingCore
import RoutingData
package import Wire

/// Computes cells with the core: canonical bytes in, records out.
package final class ExperimentExecutor: CellExecutor {
    private let numerics: String
    private var loader = TableLoader()
    private var current: Prepared?

    private struct Prepared {
        let bytes: Data
        let fit: FitIdentity
        let fitKey: Digest
        let labels: JSONValue
        let experiment: FittedExperiment
        /// Of the cells that the task had when it was prepared.
        let jobs: [Data: JobIdentity]
    }

    /// - Parameter numerics: the class of this process; a fit of another class is refused.
    package init(numerics: String) { self.numerics = numerics }

    package func prepare(_ task: SlotTask) throws {
        let fit = try FitIdentity(parsing: Array(task.fit))
        guard fit.numerics == numerics else {
            throw RouteGridError(.badInput, "this slot computes as \(numerics), the fit asks for \(fit.numerics)")
        }
        var jobs: [Data: JobIdentity] = [:]
        var list: [JobIdentity] = []
        for cell in task.cells {
            let job = try JobIdentity(parsing: Array(cell.eval), place: "cell \(cell.cell)")
            jobs[cell.jobKey] = job
            list.append(job)
        }
        let labels = try JSONValue(parsing: task.labels, place: "labels")
        var paths: [Digest: String] = [:]
        for file in task.data { paths[try Digest(field: file.sha, "data.sha")] = file.path }
        let (table, parts) = try loader.load(fit, list, paths: paths)
        let request = FitRequest(
            router: fit.router,
            mode: fit.mode,
            modality: fit.trainModality,
            fusion: fit.fusion,
            label: fit.label,
            streams: RandomStreams(seed: fit.seed ?? 0, splitIndex: fit.split.index, routerKind: fit.router.kind),
            table: table,
            parts: parts
        )
        // A lease is often the rest of one that this slot fitted already.
        let isFitted = current.map { known in
            known.bytes == task.fit && known.experiment.request.table.hasEmbeddings(of: table)
        }
        let experiment =
            if isFitted == true, let current { current.experiment } else { try FittedExperiment(fitting: request) }
        current = Prepared(
            bytes: task.fit,
            fit: fit,
            fitKey: Digest(hashing: Array(task.fit)),
            labels: labels,
            experiment: experiment,
            jobs: jobs
        )
    }

    package func evaluate(_ cell: SlotCell) throws -> CellOutcome {
        guard let current, let job = current.jobs[cell.jobKey], job.fit == current.fitKey else {
            throw RouteGridError(.badInput, "cell \(cell.cell) does not belong to the fit of its task")
        }
        // The keys are those of the bytes that are computed from.
        let key = cell.eval.withUnsafeBytes { Digest(hashing: $0) }
        guard key.data == cell.jobKey else {
            throw RouteGridError(.badInput, "cell \(cell.cell): its evaluation has another key than it was leased with")
        }
        let evaluation = try current.experiment.evaluate(
            EvaluationRequest(
                testModality: job.testModality,
                part: job.part,
                rule: job.rule,
                // λ of a soft label belongs to the fit; the point shows it.
                budget: current.fit.label.map { Budget.amount($0.lambda) } ?? job.budget,
                isRawPenalty: job.isRawPenalty
            )
        )
        let choices = evaluation.choices
        let digest = Digest(hashing: choices.elements)
        let record = MetricRecord.make(
            fit: current.fit,
            job: job,
            labels: current.labels,
            result: MetricRecord.result(
                evaluation.result,
                choices: digest,
                points: choices.rows,
                items: choices.columns
            ),
            jobKey: key
        )
        return CellOutcome(
            resultDigest: record.resultDigest,
            record: record.line,
            blobs: [(digest, choices.elements)]
        )
    }
}

extension OutcomeTable {
    /// Whether every embedding of another table of the same fit is here too.
    fileprivate func hasEmbeddings(of other: OutcomeTable) -> Bool {
        (text != nil || other.text == nil) && (image != nil || other.image == nil)
    }
}
