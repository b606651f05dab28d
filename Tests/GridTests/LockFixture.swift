import Catalog
import Grid
import RouteGridBase

/// Grid locks made by hand: two datasets, every kind of axis, blocks that read everything and nothing.
enum LockFixture {
    static func digest(_ name: String) -> JSONValue { .string(Digest(hashing: name.utf8).hex) }

    static func table(_ name: String, models: [String]) -> JSONValue {
        [
            "dataset": .string(name), "pool": "all", "cost_unit": "USD", "n": 10, "samples": digest("\(name) samples"),
            "models": JSONValue(models), "quality": digest("\(name) quality"),
            "cost": ["tensor": digest("\(name) cost")],
            "text": ["default": digest("\(name) text"), "other": digest("\(name) text 2")],
            "image": ["default": digest("\(name) image")],
        ]
    }

    static func block(
        _ kind: String,
        revision: Int = 1,
        reads: [String],
        parameters: [(String, [JSONValue])] = [],
        tables: [Int] = [0, 1],
        budgets: [Int] = [0, 1, 2]
    ) -> JSONValue {
        [
            "kind": .string(kind), "revision": JSONValue(revision), "reads": JSONValue(reads),
            "parameters": .array(parameters.map { ["name": .string($0.0), "values": .array($0.1)] }),
            "tables": .array(tables.map { JSONValue($0) }), "budgets": .array(budgets.map { JSONValue($0) }),
        ]
    }

    static func split(_ index: Int) -> JSONValue {
        [
            "kind": "random", "revision": 1, "seed": 1, "index": JSONValue(index),
            "parameters": ["train": "0.6", "dev": "0.2", "test": "0.2", "group_by": "sample"],
        ]
    }

    private static let rule: JSONValue = [
        "kind": "threshold", "revision": JSONValue(BudgetRule.threshold.descriptor.revision),
    ]

    static let blocks: [JSONValue] = [
        block("oracle", reads: []),
        block(
            "knn",
            reads: ["embeddings", "train_cost"],
            parameters: [("metric", ["cosine", "euclidean"]), ("k", [5, 10, 50])]
        ),
        block(
            "kmeans",
            revision: 2,
            reads: ["embeddings", "seed", "train_cost"],
            parameters: [("clusters", [20]), ("iterations", [300])],
            budgets: [0, 2]
        ),
        block("linear", reads: ["embeddings", "train_cost"], parameters: [("l2", [0, "0.001", "0.1"])]),
        block("fixed", reads: [], parameters: [("model", ["b \"quoted\""])], tables: [1]),
        block("random", reads: ["seed"], parameters: [("trials", [50])]),
    ]

    static func json(
        blocks: [JSONValue] = blocks,
        exclude: [JSONValue] = [],
        seeds: Int = 3,
        splits: Int = 2,
        budgets: [JSONValue] = ["exact", "0.5x", "0.002"]
    ) -> JSONValue {
        [
            "schema": "routegrid/lock/v1", "name": "fixture", "mode": "sound",
            "numerics": "openblas-0.3.21/haswell/glibc-2.36/x86_64",
            "axes": [
                "tables": [table("one", models: ["a", "b"]), table("two", models: ["a", "b \"quoted\"", "ü"])],
                "encoders": [
                    ["text": "default", "image": "default"], ["text": "other", "image": "default"],
                ],
                "splits": .array((0..<splits).map(split)),
                "modalities": [
                    ["train": "both", "test": "both"], ["train": "text", "test": "text"],
                    ["train": "both", "test": "text"], ["train": "text", "test": "both"],
                    ["train": "image", "test": "image"],
                ],
                "fusions": [
                    ["kind": "mean", "revision": 1], ["kind": "weighted", "revision": 1, "text": "0.3"],
                ],
                "seeds": [[0, JSONValue(seeds)]],
                "labels": [], "parts": ["test"],
                "budgets": .array(
                    budgets.map { ["rule": rule, "budget": $0] }
                ),
            ],
            "blocks": .array(blocks), "exclude": .array(exclude),
            "statistics": ["bootstrap": 1000, "alpha": "0.05", "cluster": "prompt", "seed": 1],
            "limits": [
                "cells": 200_000, "fit_timeout_ms": 1000, "cell_timeout_ms": 1000, "retries": 2, "crash_limit": 5,
                "memory_bytes": 0,
            ],
            "resources": ["cpus": 1, "gpus": 0], "priority": 0, "metrics_revision": JSONValue(CurveMetric.revision),
            "blobs": [],
        ]
    }

    static func lock(_ json: JSONValue = json()) throws -> GridLock {
        try GridLock(parsing: json.canonicalBytes(), revisions: .any)
    }
}
