import Aggregator
import Foundation
import RouteGridBase
import TestSupport

/// Boards of records whose names were chosen to do harm.
struct HostileBoard {
    static let names = [
        "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a|b", "\u{1B}[31mred", "right\u{202E}left", "line\nfeed",
        "\"><img src=x onerror=alert(1)>", "]]>", "</title>", "&amp;", "--><!--",
    ]

    /// A record of a curve of two points.
    static func line(dataset: String, parameter: String, accuracy: Double) -> String {
        let points: JSONValue = [
            ["id": 0, "threshold": 0.25, "cost": 0.125, "accuracy": .double(accuracy - 0.25)],
            ["id": 1, "threshold": 0.75, "cost": 2.5, "accuracy": .double(accuracy)],
        ]
        let job: JSONValue = [
            "kind": "evaluate", "mode": "sound", "numerics": "test/1", "dataset": .string(dataset),
            "router": ["kind": "fixed", "model": .string(parameter)], "part": "test", "rule": "threshold",
            "budget": "exact", "prices": .null, "data": .string(Digest(hashing: dataset.utf8).hex), "models": "all",
            "encoder": .null, "split": ["kind": "random", "train": "0.6", "seed": 1, "index": 0],
        ]
        let result: JSONValue = [
            "n": 100, "n_missing": 0, "points": points,
            "metrics": [
                "nauc_shared": ["v": .double(accuracy)], "accuracy": ["v": .double(accuracy)],
                "mean_cost": ["v": 2.5], "gain": ["v": .double(accuracy - 0.5)], "ps": ["v": .double(accuracy)],
            ],
        ]
        let key = job.digest
        let labels: Set = ["dataset", "models", "encoder", "prices"]
        let unlabelled = JSONValue.object((job.objectValue ?? [:]).filter { !labels.contains($0.key) })
        let record: JSONValue = [
            "schema": "routegrid/record/v1", "job_key": .string(key.hex), "fit_key": .string(key.hex),
            "result_sha256": .string(Digest(hashing: unlabelled.canonicalBytes() + result.canonicalBytes()).hex),
            "job": job, "result": result,
        ]
        return record.jsonText
    }

    /// A board of all pairs of a dataset and a parameter.
    static func board(datasets: [String] = names, parameters: [String] = names) throws -> Leaderboard {
        let folder = try TemporaryFolder()
        let path = folder.path("records.jsonl")
        let lines = datasets.flatMap { dataset in
            parameters.enumerated().map { line(dataset: dataset, parameter: $1, accuracy: 0.5 + Double($0) / 64) }
        }
        try lines.map { $0 + "\n" }.joined().write(toFile: path, atomically: false, encoding: .utf8)
        return try Leaderboard(RecordCollection(reading: [RecordSource(path: path)]).records)
    }
}
