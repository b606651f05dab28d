package import RouteGridBase

/// One router on one board: a record, a curve of several records, or the place where a record is missing.
package struct BoardRow: Sendable {
    /// The row's job: a record's `job` with `budget` as the list of the joined budgets where there are several.
    package let job: JSONValue
    /// The records that the row is made of, in key order; empty when there is none.
    package let jobKeys: [Digest]
    package let fitKey: Digest?
    /// Items of the evaluated part; nil when no record tells.
    package let itemCount: Int?
    package let missingCount: Int
    package let points: [CurvePoint]
    /// What costs are counted in; nil when no lock tells.
    package let costUnit: String?
    /// Each `{"v": number}` or `{"v": null, "why": text}`.
    package let metrics: [String: JSONValue]
    /// Sorted: see ``BoardFlag``.
    package var flags: [BoardFlag]
    /// 1 is best and equal values share a place; nil for bounds and for rows without the ranking metric.
    package var place: Int?

    package var routerKind: String { job["router"]?["kind"]?.stringValue ?? "" }
    /// Oracles bound what is possible and are no competitors.
    package var isBound: Bool { flags.contains(.bound) }
    package var hasRecord: Bool { !jobKeys.isEmpty }

    /// A metric's value, or nil when it does not exist.
    package func value(_ metric: String) -> Double? { metrics[metric]?["v"]?.numberValue }

    /// What makes the row differ from others of its section, as one line.
    var identity: String {
        guard case .object(var members) = job else { return "" }
        for name in ["dataset", "data", "models", "split", "part", "rule", "mode", "numerics", "kind"] {
            members[name] = nil
        }
        return JSONValue.object(members).canonicalText
    }

    /// The row of `leaderboard.json`.
    package var json: JSONValue {
        var row: [String: JSONValue] = [:]
        for name in BoardRow.identityMembers { row[name] = job[name] ?? .null }
        if row["modality"]?.objectValue == nil { row["modality"] = ["train": .null, "test": .null] }
        row["place"] = place.map { JSONValue($0) } ?? .null
        row["n"] = itemCount.map { JSONValue($0) } ?? .null
        row["n_missing"] = JSONValue(missingCount)
        row["points"] = JSONValue(points.count)
        row["metrics"] = .object(metrics)
        row["cost_unit"] = costUnit.map { .string($0) } ?? .null
        row["flags"] = JSONValue(flags.map(\.rawValue))
        row["job_keys"] = JSONValue(jobKeys.map(\.hex))
        row["fit_key"] = fitKey.map { .string($0.hex) } ?? .null
        return .object(row)
    }

    static let identityMembers = [
        "dataset", "models", "router", "modality", "encoder", "fusion", "mode", "numerics", "split", "label", "seed",
        "part",
        "rule", "budget", "prices", "data",
    ]
}

/// What a reader of a row must know.
package enum BoardFlag: String, Hashable, Sendable, CaseIterable, Comparable {
    /// The router reads the answers: a bound on what is possible.
    case bound
    /// Not every cell of the row has a record.
    case incomplete
    /// Some outcomes of the evaluated part are missing and count as wrong.
    case missing
    /// The test part was read without a selection that was frozen before.
    case unsealed

    package static func < (left: BoardFlag, right: BoardFlag) -> Bool { left.rawValue < right.rawValue }

    var meaning: String {
        switch self {
        case .bound: "reads the answers: a bound, not a competitor"
        case .incomplete: "cells without a record"
        case .missing: "some outcomes are missing; they count as wrong"
        case .unsealed: "test was read without a selection frozen on dev"
        }
    }
}
