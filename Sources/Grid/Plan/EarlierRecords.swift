package import RouteGridBase

/// Cells of a grid that are recorded under earlier revisions: they run again, and this says why.
package struct EarlierRecords: Hashable, Sendable {
    /// What differs, in words, with the number of cells.
    package private(set) var counts: [String: Int] = [:]

    package init() {}

    /// Finds the cells without a record whose like an earlier build has recorded.
    ///
    /// - Parameters:
    ///   - lock: The grid.
    ///   - jobs: The `job` of each record that is known.
    ///   - isRecorded: For each key, whether it has a record.
    /// - Throws: what `isRecorded` throws.
    /// - Complexity: O(records), and O(cells) when some record is of earlier revisions.
    package init<Failure: Error>(
        _ lock: GridLock,
        jobs: some Sequence<JSONValue>,
        recorded isRecorded: ([JobKey]) throws(Failure) -> [Bool]
    ) throws(Failure) {
        var reasons: [Digest: String] = [:]
        for job in jobs {
            let words = RecordRevisions(job: job).words
            if !words.isEmpty { reasons[Self.identity(of: job, byPrices: job["inputs"] == nil)] = words }
        }
        guard !reasons.isEmpty else { return }
        for group in lock.evaluationGroups {
            let jobs = lock.jobs(ofGroup: group).filter { !lock.isDeferred($0.cell) }
            for (job, isKnown) in zip(jobs, try isRecorded(jobs.map(\.jobKey))) where !isKnown {
                let recorded = lock.recordedJob(ofCell: job.cell, group: group)
                guard
                    let reason = reasons[Self.identity(of: recorded, byPrices: false)]
                        ?? reasons[Self.identity(of: recorded, byPrices: true)]
                else { continue }
                counts[reason, default: 0] += 1
            }
        }
    }

    /// What stays the same under other revisions.
    ///
    /// Records from before jobs named their costs go by the sheet's name.
    private static func identity(of job: JSONValue, byPrices: Bool) -> Digest {
        var members = job.objectValue ?? [:]
        let prices = members["prices"]
        for name in RecordLabels.names.union(["revisions", "samples"]) { members[name] = nil }
        if byPrices {
            members["inputs"] = nil
            members["prices"] = prices
        }
        return JSONValue.object(members).digest
    }

    /// One line a reason, the most frequent first.
    package var lines: [String] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { reason, cells in
            "\(cells) cell\(cells == 1 ? " is" : "s are") recorded under \(reason): "
                + "\(cells == 1 ? "it runs" : "they run") again"
        }
    }

    package var json: JSONValue {
        .array(
            counts.sorted { $0.key < $1.key }.map { ["reason": .string($0.key), "cells": JSONValue($0.value)] }
        )
    }
}
