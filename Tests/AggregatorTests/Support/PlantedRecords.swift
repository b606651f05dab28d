import Aggregator
import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingCore
import RoutingData
import TestSupport

/// A router whose answers are given.
struct PlantedRouter: FittedRouter {
    let answer: @Sendable (_ rows: [Int]) -> RouterOutput

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput { answer(rows) }
}

/// Records of a table, computed by the core as a worker computes them, in an output folder with all that lies beside
/// them.
struct PlantedRecords {
    var table: OutcomeTable
    /// Of the dataset.
    var name = "planted"
    var mode = EvaluationMode.sound
    var statistics: JSONValue = ["bootstrap": 1_000, "alpha": 0.05, "cluster": "sample", "seed": 1]
    private(set) var lines: [String] = []
    private var blobs: [Digest: [UInt8]] = [:]
    private let samples: Digest
    private let quality: Digest
    private let cost: Digest

    init(_ table: OutcomeTable) {
        self.table = table
        let sampleBytes = SampleList.encode(table.samples)
        let (qualityBytes, costBytes) = (TensorBlob.encode(table.quality), TensorBlob.encode(table.cost))
        (samples, quality) = (Digest(hashing: sampleBytes), Digest(hashing: qualityBytes))
        cost = Digest(hashing: costBytes)
        blobs = [samples: sampleBytes, quality: qualityBytes, cost: costBytes]
    }

    /// Evaluates a router on test and keeps the record.
    ///
    /// Nil for `router` fits the configuration.
    mutating func add(
        _ configuration: RouterConfiguration,
        seed: Int? = nil,
        split: Split,
        budgets: [Budget] = [.exact],
        router: (any FittedRouter)? = nil
    ) throws {
        let data = DataIdentity(samples: samples, models: table.models, quality: quality)
        let fit = FitIdentity(
            numerics: "test/1",
            mode: mode,
            router: configuration,
            data: data,
            split: split,
            seed: seed
        )
        let request = FitRequest(
            router: configuration,
            mode: mode,
            modality: table.text == nil ? nil : .text,
            streams: RandomStreams(seed: seed ?? 0, splitIndex: split.index, routerKind: configuration.kind),
            table: table,
            parts: try split.parts(of: table.samples)
        )
        let experiment =
            if let router { try FittedExperiment(request: request, router: router) } else {
                try FittedExperiment(fitting: request)
            }
        for budget in budgets {
            let evaluation = try experiment.evaluate(
                EvaluationRequest(part: .test, rule: .threshold, budget: budget)
            )
            let choices = evaluation.choices
            let digest = Digest(hashing: evaluation.choiceBytes)
            blobs[digest] = evaluation.choiceBytes
            let record = MetricRecord.make(
                fit: fit,
                job: JobIdentity(
                    fit: fit.key,
                    part: .test,
                    data: data,
                    cost: .tensor(cost),
                    rule: .threshold,
                    budget: budget
                ),
                labels: RecordLabels(dataset: name).json,
                result: MetricRecord.result(
                    evaluation.result,
                    choices: digest,
                    type: evaluation.choiceType,
                    points: choices.rows,
                    items: choices.columns
                )
            )
            lines.append(String(decoding: record.line, as: UTF8.self))
        }
    }

    /// Adds a router that sends every item to one model, given by row of the table.
    mutating func add(choices: [UInt8], number: Int, seed: Int? = nil, split: Split) throws {
        try add(
            RouterConfiguration(kind: "random", parameters: ["trials": JSONValue(number)]),
            seed: seed,
            split: split,
            router: PlantedRouter { rows in .policies([rows.map { Int(choices[$0]) }]) }
        )
    }

    /// `tables.json` as grids of this data would have it.
    var tables: JSONValue {
        [
            "schema": "routegrid/tables/v1", "statistics": [statistics],
            "tables": [
                [
                    "samples": .string(samples.hex), "models": JSONValue(table.models),
                    "quality": .string(quality.hex), "cost": ["tensor": .string(cost.hex)], "cost_unit": "USD",
                    "prices": .null,
                ]
            ],
        ]
    }

    /// Writes some of the records, by number, with all blobs.
    func write(to folder: String, records: [Int]? = nil, withBlobs: Bool = true) throws {
        let output = try OutputFolder(path: folder)
        let chosen = (records ?? Array(lines.indices)).map { lines[$0] + "\n" }.joined()
        try output.write(Array(chosen.utf8), to: "records.jsonl")
        try output.write(tables.jsonBytes(), to: "tables.json")
        guard withBlobs else { return }
        for (digest, bytes) in blobs { try output.store(blob: bytes, digest: digest) }
    }

    /// The board of all records, through files that are removed again.
    func board() throws -> Leaderboard {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        return try board(in: folder.path)
    }

    /// The board of all records, through files that stay.
    func board(in folder: String) throws -> Leaderboard {
        try write(to: folder)
        return try Aggregation([RecordSource(path: folder)]).board
    }
}

extension RandomNumberGenerator {
    /// 0 ..< 1.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}
