import Aggregator
import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingCore
import RoutingData
import TestSupport

/// A grid with `select` on a dataset, run in this process: dev cells, the choice, the test cells that it admits.
struct SealedData {
    let dataset: Dataset
    let lock: GridLock
    private let resolved: ResolvedGrid
    private var lines: [JobKey: [UInt8]] = [:]
    private var blobs: [Digest: [UInt8]] = [:]

    /// `yaml` is a grid whose dataset is `one`.
    init(_ dataset: Dataset, yaml: String) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try dataset.write(to: folder.path("one"))
        resolved = try GridResolver.resolve(
            GridFile(yaml: yaml, path: folder.path("grid.yaml")),
            numerics: NumericsClasses(portable: "test/1", native: "test/1")
        )
        (self.dataset, lock) = (dataset, resolved.lock)
    }

    /// Runs cells and keeps their records.
    mutating func run(_ isWanted: (CellID) -> Bool) throws {
        for group in lock.evaluationGroups {
            let jobs = lock.jobs(ofGroup: group).filter { isWanted($0.cell) }
            guard !jobs.isEmpty else { continue }
            let fit = lock.fit(ofGroup: group)
            let table = try dataset.table()
            let experiment = try FittedExperiment(
                fitting: FitRequest(
                    router: fit.router,
                    mode: .sound,
                    streams: RandomStreams(
                        seed: fit.seed ?? 0,
                        splitIndex: fit.split.index,
                        routerKind: fit.router.kind
                    ),
                    table: table,
                    parts: try fit.split.parts(of: table.samples)
                )
            )
            for keyed in jobs {
                let job = lock.job(ofCell: keyed.cell)
                let evaluation = try experiment.evaluate(
                    EvaluationRequest(part: job.part, rule: job.rule, budget: job.budget)
                )
                let choices = evaluation.choices
                let digest = Digest(hashing: evaluation.choiceBytes)
                blobs[digest] = evaluation.choiceBytes
                lines[keyed.jobKey] =
                    MetricRecord.make(
                        fit: fit,
                        job: job,
                        labels: lock.labels(ofGroup: group),
                        result: MetricRecord.result(
                            evaluation.result,
                            choices: digest,
                            points: choices.rows,
                            items: choices.columns
                        )
                    ).line
            }
        }
    }

    /// What the dev records lead to.
    func frozen() throws -> FrozenSelection? {
        guard var tally = SelectionTally(lock) else { return nil }
        for group in lock.evaluationGroups {
            var readings: [JobKey: MetricReading] = [:]
            for job in tally.judgingJobs(ofGroup: group) {
                guard let line = lines[job.jobKey] else { continue }
                readings[job.jobKey] = try MetricReading(of: tally.metricName, recordLine: line, place: "record")
            }
            tally.add(group: group, readings: readings)
        }
        return tally.frozen()
    }

    /// Writes an output folder as a run would.
    func write(to folder: String, selection: FrozenSelection?) throws {
        let output = try OutputFolder(path: folder)
        let text = lines.sorted { $0.key < $1.key }.flatMap { $0.value + [UInt8(ascii: "\n")] }
        try output.write(text, to: "records.jsonl")
        try output.write(lock.bytes, to: "grid.lock.json")
        if let selection { try output.write(selection.bytes, to: "selection.json") }
        for (digest, bytes) in blobs { try output.store(blob: bytes, digest: digest) }
        for (digest, source) in resolved.blobs { try output.store(blob: source.bytes(), digest: digest) }
    }

    /// Runs both stages and makes the board of the folder.
    mutating func board(in folder: String) throws -> Leaderboard {
        let lock = lock
        try run { !lock.isDeferred($0) }
        let selection = try frozen()
        let admitted = Set(selection?.cells ?? [])
        try run { admitted.contains($0) }
        try write(to: folder, selection: selection)
        return try Aggregation([RecordSource(path: folder)], lock: lock).board
    }
}

extension Dataset {
    /// Models that are right as drawn, at costs that rise with their number.
    static func planted(
        quality: Matrix<Double>,
        groups: Int? = nil,
        questions: Bool = false,
        name: String = "one"
    ) -> Dataset {
        let (rows, models) = (quality.rows, quality.columns)
        return Dataset(
            name: name,
            models: (0..<models).map { String(format: "m%02d", $0) },
            costUnit: "USD",
            groups: groups == nil ? "sample_id" : "prompt",
            provenance: "made up",
            licence: "none",
            samples: (0..<rows).map { row in
                let group = groups.map { "g\(row % $0)" } ?? "s\(row)"
                return DatasetSample(
                    sample: Sample(id: "s\(row)", dataset: "d", group: group),
                    question: questions ? "question \(group)" : ""
                )
            },
            quality: quality,
            cost: Matrix(rows: rows, columns: models, elements: (0..<rows * models).map { 1 + Double($0 % models) })
        )
    }
}
