import Keys
package import RouteGridBase

/// Whose records are to be taken back, as people say it.
package enum PurgeRequest: Hashable, Sendable {
    case cell(RunID, CellID)
    /// What the worker called itself.
    case worker(String)
    /// The name of keys, or a fingerprint.
    case key(String)

    /// - Parameter cell: `RUN/CELL`.
    /// - Throws: `usage` for another form.
    package init(cell: String) throws(RouteGridError) {
        let parts = cell.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let run = UInt64(parts[0]), let cell = Int(parts[1]), cell >= 0 else {
            throw RouteGridError(.usage, "--cell takes RUN/CELL, such as 3/17")
        }
        self = .cell(RunID(run), CellID(cell))
    }

    /// Reads ``text``.
    ///
    /// - Throws: `usage` for another form.
    package init(text: String) throws(RouteGridError) {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count) {
        case ("cell", 2): try self.init(cell: parts[1])
        case ("worker", 2): self = .worker(parts[1])
        case ("key", 2): self = .key(parts[1])
        default: throw RouteGridError(.usage, "a purge names a cell, a worker or a key")
        }
    }

    /// How a message says it.
    package var text: String {
        switch self {
        case .cell(let run, let cell): "cell \(run)/\(cell)"
        case .worker(let name): "worker \(name)"
        case .key(let key): "key \(key)"
        }
    }

    /// What the store looks for.
    ///
    /// - Parameter state: the state folder with the keys.
    /// - Returns: the records that it means, and the words of the audit.
    /// - Throws: `badInput` for a key that there is not; as ``KeyRing/init(state:)``.
    package func selection(state: String) throws(RouteGridError) -> (RecordSelection, detail: String) {
        switch self {
        case .cell(let run, let cell): return (.cell(run, cell), text)
        case .worker(let name): return (.worker(name), "worker \(SafeText.line(name))")
        case .key(let key):
            let fingerprints = try KeyRing.fingerprints(of: key, state: state)
            return (.keys(fingerprints), "key \(fingerprints.sorted().joined(separator: ", "))")
        }
    }
}

/// What a purge took back, or would.
package struct PurgeReport: Sendable {
    package let records: [DeliveredRecord]
    /// Cells of runs that are pending again; nil where nothing was done.
    package let cells: Int?
    /// Records that an answer lists.
    private static let recordsListed = 1_000

    package init(records: [DeliveredRecord], cells: Int?) { (self.records, self.cells) = (records, cells) }

    package var json: JSONValue {
        [
            "schema": "routegrid/purge/v1", "records": .array(records.prefix(Self.recordsListed).map(\.json)),
            "records_total": JSONValue(records.count), "cells": cells.map { JSONValue($0) } ?? .null,
        ]
    }
}
