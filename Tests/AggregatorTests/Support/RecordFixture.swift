import Catalog
import Foundation
import RouteGridBase

/// Synthetic metric records.
struct RecordFixture {
    var dataset = "alpha"
    var router: JSONValue = ["kind": "knn", "k": 50]
    var mode = "sound"
    var numerics = "test/1"
    var modality: JSONValue? = ["train": "both", "test": "both"]
    var part = "test"
    var rule = "threshold"
    var budget = "exact"
    var split: JSONValue = ["kind": "random", "train": "0.6", "dev": "0.2", "test": "0.2", "seed": 1]
    var splitIndex: Int64 = 0
    var seed: JSONValue?
    var label: JSONValue?
    var itemCount: Int64 = 100
    var missingCount: Int64 = 0
    var points: [JSONValue] = [
        ["id": 0, "threshold": 0.25, "cost": 0.125, "accuracy": 0.5],
        ["id": 1, "threshold": 0.75, "cost": 0.5, "accuracy": 0.75],
    ]
    var metrics: [String: JSONValue] = ["nauc_shared": ["v": 0.5], "nauc_own": ["v": 0.625], "accuracy": ["v": 0.75]]
    var reference: JSONValue?
    /// The digests of costs and embeddings; nil in records of before they were recorded.
    var inputs: JSONValue?
    /// Those of this build; nil in records of before they were recorded.
    var revisions: JSONValue? = [
        "metrics": JSONValue(CurveMetric.revision), "rule": JSONValue(BudgetRule.threshold.descriptor.revision),
        "split": 1,
    ]
    var prices: String?
    var models = "all"
    /// What the outcomes are made of; their digest is the record's `data`.
    var data: String?
    /// The digest itself.
    var dataDigest: String?
    /// Keeps keys of equal jobs apart.
    var salt: String?
    /// The bytes of the choices blob, when there is one.
    var choices: [UInt8]?

    static func knn(_ k: Int64, shared: Double) -> RecordFixture {
        RecordFixture(
            router: ["kind": "knn", "k": .integer(k)],
            metrics: ["nauc_shared": ["v": .double(shared)], "nauc_own": ["v": .double(1 - shared)]]
        )
    }

    var job: JSONValue {
        var members: [String: JSONValue] = [
            "kind": "evaluate", "mode": .string(mode), "numerics": .string(numerics), "dataset": .string(dataset),
            "router": router, "part": .string(part), "rule": .string(rule), "budget": .string(budget),
            "prices": prices.map { .string($0) } ?? .null,
            "data": .string(dataDigest ?? Digest(hashing: (data ?? dataset).utf8).hex), "models": .string(models),
            "encoder": .null,
            "split": .object((split.objectValue ?? [:]).merging(["index": .integer(splitIndex)]) { $1 }),
        ]
        members["modality"] = modality
        members["seed"] = seed
        members["label"] = label
        members["inputs"] = inputs
        members["revisions"] = revisions
        return .object(members)
    }

    /// The key: here simply the hash of the job without its label.
    var jobKey: JobKey {
        salt.map { JobKey(hashing: (job.canonicalText + $0).utf8) } ?? JobKey(job.digest)
    }

    var result: JSONValue {
        var members: [String: JSONValue] = [
            "n": .integer(itemCount), "n_missing": .integer(missingCount), "points": .array(points),
            "metrics": .object(metrics),
        ]
        members["reference"] = reference
        if let choices {
            members["choices"] = ["sha256": .string(Digest(hashing: choices).hex), "dtype": "u8", "shape": [1, 4]]
        }
        return .object(members)
    }

    /// The record's line without its newline.
    var line: String {
        guard case .object(var hashed) = job else { return "" }
        for label in ["dataset", "models", "encoder", "prices"] { hashed[label] = nil }
        let resultDigest = Digest(hashing: JSONValue.object(hashed).canonicalBytes() + result.canonicalBytes())
        let record: JSONValue = [
            "schema": "routegrid/record/v1", "job_key": .string(jobKey.hex), "fit_key": .string(router.digest.hex),
            "result_sha256": .string(resultDigest.hex), "job": job, "result": result,
        ]
        return record.jsonText
    }

    /// Writes records as one file, with their blobs beside it.
    static func write(_ records: [RecordFixture], to path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try records.map { $0.line + "\n" }.joined().write(toFile: path, atomically: false, encoding: .utf8)
        for blob in records.compactMap(\.choices) {
            let hex = Digest(hashing: blob).hex
            let place = folder.appendingPathComponent("blobs/\(hex.prefix(2))")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try Data(blob).write(to: place.appendingPathComponent(String(hex.dropFirst(2))))
        }
    }
}
