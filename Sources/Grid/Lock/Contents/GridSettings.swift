package import RouteGridBase

/// How far a run may go before it stops.
///
/// `limits` of a grid file, with the memory limit of its `resources`. In no key.
package struct GridLimits: Hashable, Sendable {
    /// When a run stops because of failed cells: when more of them have failed than this.
    package enum MaxFails: Hashable, Sendable {
        case count(Int)
        /// Of all cells, 0…100.
        case percent(Double)
    }

    /// A grid with more cells is refused.
    package var cells = 200_000
    package var fitTimeoutMilliseconds: UInt64 = 1_800_000
    package var cellTimeoutMilliseconds: UInt64 = 120_000
    /// How often a failed cell is tried again.
    package var retries = 2
    /// How often a cell may end its process before it is quarantined.
    package var crashLimit = 5
    /// Nil: failed cells never stop the run.
    package var maxFails: MaxFails?
    /// Of one slot process; 0 = no limit.
    package var memoryBytes: UInt64 = 0

    package init() {}

    /// The largest number of failed cells with which a run of so many cells goes on, or nil when any number is.
    package func maximumFailures(ofCells cells: Int) -> Int? {
        switch maxFails {
        case .count(let count): count
        case .percent(let percent): Int((Double(cells) * percent / 100).rounded(.down))
        case nil: nil
        }
    }
}

/// What one fit needs.
///
/// `resources` of a grid file: the most that the grid or one of its routers asks for. In no key.
package struct GridResources: Hashable, Sendable {
    package var cpus = 1
    package var gpus = 0

    package init() {}

    /// Takes the larger number of each.
    mutating func raise(to other: GridResources) {
        cpus = max(cpus, other.cpus)
        gpus = max(gpus, other.gpus)
    }
}

/// How the aggregator makes intervals.
///
/// `statistics` of a grid file. In no key.
package struct GridStatistics: Hashable, Sendable {
    /// What is resampled together.
    package enum Cluster: String, Hashable, Sendable, CaseIterable { case sample, prompt }

    /// Replicates.
    package var bootstrap = 1_000
    /// One minus the confidence level.
    package var alpha = 0.05
    /// Nil: what the split of a record keeps together.
    package var cluster: Cluster?
    package var seed = 1
    /// How far a router's accuracy may be below the best single model's and still count as neutral, 0…1.
    package var margin = GridStatistics.standardMargin

    package static let standardMargin = 0.02

    package init() {}
}

extension GridStatistics {
    /// What a split of some `group_by` keeps together.
    package static func cluster(groupedBy groupBy: String?) -> Cluster { groupBy == "prompt" ? .prompt : .sample }

    /// What is resampled together of the items that a job's split tests.
    package func cluster(of job: JSONValue) -> Cluster {
        cluster ?? Self.cluster(groupedBy: job["split"]?["group_by"]?.stringValue)
    }

    /// Whether the grid asks for another unit than the split keeps together.
    package func isClusterForeign(to job: JSONValue) -> Bool {
        cluster(of: job) != Self.cluster(groupedBy: job["split"]?["group_by"]?.stringValue)
    }

    /// In each setting the stricter of two: more resamples, a smaller alpha, prompts before what the split says before
    /// samples.
    package func stricter(_ other: GridStatistics) -> GridStatistics {
        func rank(_ cluster: Cluster?) -> Int {
            switch cluster {
            case .sample: 0
            case nil: 1
            case .prompt: 2
            }
        }
        var strict = self
        strict.bootstrap = max(bootstrap, other.bootstrap)
        strict.alpha = min(alpha, other.alpha)
        strict.margin = min(margin, other.margin)
        strict.cluster = rank(cluster) < rank(other.cluster) ? other.cluster : cluster
        strict.seed = min(seed, other.seed)
        return strict
    }
}

extension GridLimits {
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "cells": JSONValue(cells), "fit_timeout_ms": JSONValue(Int(fitTimeoutMilliseconds)),
            "cell_timeout_ms": JSONValue(Int(cellTimeoutMilliseconds)), "memory_bytes": JSONValue(Int(memoryBytes)),
            "retries": JSONValue(retries),
            "crash_limit": JSONValue(crashLimit),
        ]
        switch maxFails {
        case .count(let count): members["max_fails"] = JSONValue(count)
        case .percent(let percent): members["max_fails_percent"] = .double(percent)
        case nil: break
        }
        return .object(members)
    }

    package init(json: JSONValue, place: String) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        cells = try object.integer("cells", in: GridRanges.cells)
        fitTimeoutMilliseconds = UInt64(try object.integer("fit_timeout_ms", in: GridRanges.milliseconds))
        cellTimeoutMilliseconds = UInt64(try object.integer("cell_timeout_ms", in: GridRanges.milliseconds))
        if json["memory_bytes"] != 0 {
            memoryBytes = UInt64(try object.integer("memory_bytes", in: GridRanges.memoryBytes))
        } else {
            _ = object.optional("memory_bytes")
        }
        retries = try object.integer("retries", in: GridRanges.retries)
        crashLimit = try object.integer("crash_limit", in: GridRanges.crashLimit)
        if json["max_fails"] != nil { maxFails = .count(try object.integer("max_fails", in: GridRanges.failures)) }
        if json["max_fails_percent"] != nil {
            guard maxFails == nil else { throw .badInput(place, "expected max_fails or max_fails_percent, found both") }
            maxFails = .percent(try object.number("max_fails_percent", in: GridRanges.percent))
        }
        try object.finish()
    }
}

extension GridResources {
    package var json: JSONValue {
        ["cpus": JSONValue(cpus), "gpus": JSONValue(gpus)]
    }

    package init(json: JSONValue, place: String) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        cpus = try object.integer("cpus", in: GridRanges.cpus)
        gpus = try object.integer("gpus", in: GridRanges.gpus)
        try object.finish()
    }
}

extension GridStatistics {
    /// The standard margin is left out: locks made before there was one keep their bytes.
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "bootstrap": JSONValue(bootstrap), "alpha": .double(alpha), "seed": JSONValue(seed),
        ]
        if let cluster { members["cluster"] = .string(cluster.rawValue) }
        if margin != GridStatistics.standardMargin { members["margin"] = .double(margin) }
        return .object(members)
    }

    package init(json: JSONValue, place: String) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        bootstrap = try object.integer("bootstrap", in: GridRanges.bootstrap)
        alpha = try object.number("alpha", in: GridRanges.alpha)
        cluster = try object.optionalChoice("cluster")
        seed = try object.integer("seed", in: GridRanges.seed)
        if let value = object.optional("margin") {
            guard let number = value.numberValue, GridRanges.margin.contains(number) else {
                throw .badInput("\(place).margin", "expected a number from 0 to 1")
            }
            margin = number
        }
        try object.finish()
    }
}
