package import Aggregator
package import Grid
package import RouteGridBase
import RoutingData
import TestSupport
import Wire
import Worker

/// A whole run of a grid in this process: the code of coordinator, slots and aggregator without messages between them.
///
/// The grid is resolved from its text and a dataset folder, every cell is computed as a slot computes it, the selection
/// is made out of the dev records, and the board is made from files.
package struct InProcessRun {
    private static let numerics = "planted/1"

    package let lock: GridLock
    package let selection: FrozenSelection?
    private var lines: [JobKey: [UInt8]] = [:]
    private var blobs: [Digest: [UInt8]] = [:]
    private let folder: TemporaryFolder
    private let output: OutputFolder

    /// Runs a grid of one dataset, which its text calls `planted`.
    ///
    /// - Parameters:
    ///   - table: the dataset.
    ///   - grid: the grid file's text without `datasets`.
    /// - Throws: what a run would end with.
    package init(_ table: PlantedTable, grid: String) throws {
        try self.init([(PlantedTable.name, table)], grid: grid)
    }

    /// Runs a grid of several datasets.
    ///
    /// - Parameters:
    ///   - tables: the datasets with their names in the grid.
    ///   - grid: the grid file's text without `datasets`.
    /// - Throws: what a run would end with.
    package init(_ tables: [(name: String, table: PlantedTable)], grid: String) throws {
        folder = try TemporaryFolder()
        output = try OutputFolder(path: folder.path("out"))
        for (name, table) in tables { try table.dataset.write(to: folder.path(name)) }
        let datasets = tables.map { "\($0.name): \($0.name)" }.joined(separator: ", ")
        let resolved = try GridResolver.resolve(
            GridFile(
                yaml: "datasets: {\(datasets)}\n\(grid)",
                path: folder.path("grid.yaml")
            ),
            numerics: NumericsClasses(portable: Self.numerics, native: Self.numerics)
        )
        lock = resolved.lock
        for (digest, source) in resolved.blobs { try output.store(blob: source.bytes(), digest: digest) }
        let lock = lock
        var cells = Computed(lock: lock, output: output)
        for group in lock.evaluationGroups {
            try cells.compute(lock.jobs(ofGroup: group).filter { !lock.isDeferred($0.cell) }, of: group)
        }
        if var tally = SelectionTally(lock) {
            for group in lock.evaluationGroups {
                var readings: [JobKey: MetricReading] = [:]
                for job in tally.judgingJobs(ofGroup: group) {
                    guard let line = cells.lines[job.jobKey] else { continue }
                    readings[job.jobKey] = try MetricReading(
                        of: tally.metricName,
                        recordLine: line,
                        place: "cell \(job.cell)"
                    )
                }
                tally.add(group: group, readings: readings)
            }
            let frozen = tally.frozen()
            let selected = Set(frozen.cells)
            for group in lock.evaluationGroups {
                try cells.compute(lock.jobs(ofGroup: group).filter { selected.contains($0.cell) }, of: group)
            }
            selection = frozen
        } else {
            selection = nil
        }
        (lines, blobs) = (cells.lines, cells.blobs)
        let records = lines.sorted { $0.key < $1.key }.map(\.value).joined(separator: [UInt8(ascii: "\n")])
        try output.write(records, to: OutputName.records)
        for (digest, bytes) in blobs { try output.store(blob: bytes, digest: digest) }
    }

    /// The board of all records.
    ///
    /// `seed` is that of the resamples, when it is not the grid's; for grids without `select`.
    package func board(seed: Int? = nil) throws -> Leaderboard {
        var asked = lock
        if let seed {
            var contents = lock.contents
            contents.statistics.seed = seed
            asked = try GridLock(contents)
        }
        return try Aggregation([RecordSource(path: output.path)], lock: asked, selection: selection).board
    }

    /// The record of a job.
    package func record(_ key: JobKey) throws -> MetricRecord {
        guard let line = lines[key] else { throw RouteGridError(.checkFailed, "no record \(key)") }
        return try MetricRecord(line: line, place: "record \(key)")
    }

    /// The records of a router's kind on test, by key.
    package func records(kind: String) throws -> [MetricRecord] {
        try lines.keys.sorted().map(record).filter {
            $0.job["router"]?["kind"]?.stringValue == kind && $0.job["part"] == "test"
        }
    }

    /// The model that the grid's router `best-single` always chooses on a split.
    package func bestSingle(splitIndex: Int) throws -> Int {
        let known = try records(kind: "best-single").first { $0.job["split"]?["index"]?.integerValue == splitIndex }
        guard let known, let model = try choices(of: known).first?.first else {
            throw RouteGridError(.checkFailed, "the grid has no router best-single on split \(splitIndex)")
        }
        return model
    }

    /// The models that a record chose, `[points][items]`.
    package func choices(of record: MetricRecord) throws -> [[Int]] {
        guard let digest = record.choices, let bytes = blobs[digest], let shape = record.result["choices"]?["shape"],
            let points = shape.arrayValue?.first?.integerValue, let items = shape.arrayValue?.last?.integerValue
        else { throw RouteGridError(.checkFailed, "record \(record.jobKey) has no choices") }
        let width = bytes.count / max(points * items, 1)
        return (0..<points).map { point in
            (0..<items).map { item in
                let first = (point * items + item) * width
                return (0..<width).reduce(0) { $0 | Int(bytes[first + $1]) << (8 * $1) }
            }
        }
    }
}

/// What a slot gives, kept.
private struct Computed {
    let lock: GridLock
    let output: OutputFolder
    private let executor: ExperimentExecutor
    private(set) var lines: [JobKey: [UInt8]] = [:]
    private(set) var blobs: [Digest: [UInt8]] = [:]

    init(lock: GridLock, output: OutputFolder) {
        (self.lock, self.output) = (lock, output)
        executor = ExperimentExecutor(numerics: lock.numerics)
    }

    mutating func compute(_ jobs: [KeyedJob], of group: Int) throws {
        guard !jobs.isEmpty else { return }
        let task = SlotTask(jobs, ofGroup: group, of: lock) { output.place(OutputName.blob($0)) }
        try executor.prepare(task)
        for (job, cell) in zip(jobs, task.cells) {
            let outcome = try executor.evaluate(cell)
            lines[job.jobKey] = outcome.record
            for blob in outcome.blobs { blobs[blob.digest] = blob.content }
        }
    }
}
