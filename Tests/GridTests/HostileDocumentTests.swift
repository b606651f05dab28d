import Grid
import RouteGridBase
import TestSupport
import Testing

/// Everything else that is read from files and messages, with one wrong member: an error in words, never a trap.
struct HostileDocumentTests {
    private func each(_ document: JSONValue, _ name: String, count: Int = 400, _ read: (JSONValue) throws -> Void) {
        var hostile = HostileJSON(document, seed: name)
        for _ in 0..<count { try? read(hostile.next()) }
    }

    @Test func `fits, cells and measurements of leases`() throws {
        let lock = try LockFixture.lock()
        for group in [0, 40, lock.groupCount - 1] {
            let fit = try JSONValue(parsing: lock.fitBytes(ofGroup: group), place: "fit")
            each(fit, "fit \(group)") { json in
                let read = try FitIdentity(parsing: json.jsonBytes())
                _ = (read.key, read.data.blobs)
            }
            let job = try JSONValue(parsing: lock.jobs(ofGroup: group)[0].evalBytes, place: "job")
            each(job, "job \(group)") { json in
                let read = try CellIdentity(parsing: json.jsonBytes())
                _ = (read.fit, read.data.blobs, read.cost.blobs)
            }
        }
        let measured = LatencyIdentity(
            fit: lock.fitKey(ofGroup: 0),
            data: lock.fit(ofGroup: 0).data,
            cost: .tensor(Digest(hashing: [1])),
            settings: GridLatency(),
            batch: 1,
            occasion: "run 1"
        )
        each(measured.json, "latency") { _ = try CellIdentity(parsing: $0.jsonBytes()) }
    }

    @Test func `lines of records, with and without a digest that fits`() throws {
        let lock = try LockFixture.lock()
        let labels = lock.labels(ofGroup: 40)
        let (fit, job) = (lock.fit(ofGroup: 40), lock.job(ofCell: lock.cells(ofGroup: 40).lowerBound))
        let result: JSONValue = [
            "n": 10, "n_missing": 0, "points": [["id": 0, "threshold": 0.1, "cost": 0.2, "accuracy": 0.5]],
            "metrics": ["accuracy": ["v": 0.5], "qnc": ["v": .null, "why": "no point"]],
            "slices": ["dataset:one": ["n": 10, "accuracy": 0.5, "cost": 0.1]],
        ]
        func line(_ result: JSONValue) -> [UInt8] {
            MetricRecord.make(fit: fit, job: job, labels: labels, result: result).line
        }
        each(try JSONValue(parsing: line(result), place: "record"), "record", count: 800) { json in
            let bytes = json.jsonBytes()
            _ = try? CheckedRecord(bytes, place: "record")
            let record = try MetricRecord(line: bytes, place: "record")
            _ = (record.choices, TestRead(job: record.job))
        }
        each(result, "result", count: 800) { json in
            let bytes = line(json)
            for metric in ["accuracy", "qnc", "n"] { _ = try MetricReading(of: metric, recordLine: bytes, place: "r") }
        }
    }

    @Test func `selections and counts of test reads`() throws {
        let choice: JSONValue = [
            "per": ["dataset": "one"], "configurations": 2, "competing": 2, "unread_dev_cells": 0,
            "candidates": [["configuration": ["router": ["kind": "knn"]], "dev": 0.5]], "cells": [[3, 2]],
        ]
        let document: JSONValue = [
            "schema": "routegrid/selection/v1", "lock_sha256": LockFixture.digest("lock"), "metric": "accuracy",
            "on": "dev", "larger_is_better": true, "per": ["dataset"], "choices": [choice],
        ]
        _ = try FrozenSelection(parsing: document.jsonBytes())
        each(document, "selection", count: 1_000) { json in
            let read = try FrozenSelection(parsing: json.jsonBytes())
            _ = (read.partialCount, read.cells.count, read.bytes.count)
        }
        var reads = TestReadCounts()
        reads.raise(.init(samples: Digest(hashing: [1]), split: ["kind": "random"]), to: 3)
        each(reads.json, "reads") { json in
            var read = try TestReadCounts(json: json, place: "test_reads.json")
            read.raise(to: reads)
            _ = read.json.jsonText
        }
    }

    @Test func `price sheets`() throws {
        let sheet: JSONValue = [
            "schema": "routegrid/prices/v1", "unit": "USD", "date": "2026-11-01",
            "models": [
                "a": ["in": 1.5, "out": 2, "request": 0.1], "b": ["in": 1, "out": 2], "c": ["in": 1, "out": 2],
            ],
        ]
        let (folder, path) = try DatasetFixture.folder([DatasetFixture.dataset("one", tokens: true)])
        let yaml = "datasets: {one: one}\nrouters: [oracle]\nprices: {sheet: sheet.json}"
        each(sheet, "sheet", count: 150) { json in
            try folder.write(json.jsonBytes(), to: "sheet.json")
            _ = try GridResolver.resolve(GridFile(yaml: yaml, path: path), numerics: DatasetFixture.numerics)
        }
    }
}
