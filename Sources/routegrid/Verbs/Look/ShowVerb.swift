import Aggregator
import ArgumentParser
import Coordinator
import Foundation
import Grid
import RouteGridBase
import Scoring
import Wire

/// Prints all about one cell: its job, its result, its execution and its choices.
struct ShowVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a cell: what it computes, its result, where and how long it ran, which models it chose.",
        discussion: """
            Without a coordinator it reads the state folder. A cell without a record is shown with what it waits for or \
            why it failed, as `explain` does.

            Examples:
              routegrid show 3/42 --connect tcp://127.0.0.1:7557
              routegrid show last/42 --state ./state --output json
            """
    )

    @Argument(help: "RUN/CELL: the run's number (or last) and the cell's.") var cell: String
    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let source = try connection.source("show")
        defer { if case .coordinator(let client) = source { client.close() } }
        let explained: JSONValue
        switch source {
        case .coordinator(let client): explained = try client.query(.explain, cell)
        case .folder(let state, _): explained = try state.explain(cell)
        }
        let number = explained["run"]?.integerValue ?? 0
        var members: [String: JSONValue] = [
            "schema": "routegrid/cell/v1", "run": JSONValue(number), "cell": explained["cell"] ?? .null,
            "standing": explained["standing"] ?? .null, "reason": explained["reason"] ?? .null,
            "job_key": explained["job_key"] ?? .null, "job": .null, "result": .null, "facts": .null, "choices": .null,
        ]
        if let log = explained["log"] { members["log"] = log }
        let place = CellID(explained["cell"]?.integerValue ?? 0)
        if let key = explained["job_key"]?.stringValue.flatMap({ JobKey(hex: $0) }),
            let line = try line(of: key, run: number, cell: place, source)
        {
            let record = try JSONValue(parsing: line.record, place: "record of \(cell)")
            members["job"] = record["job"] ?? .null
            members["result"] = record["result"] ?? record["measured"] ?? .null
            if !line.facts.isEmpty { members["facts"] = try JSONValue(parsing: line.facts, place: "facts of \(cell)") }
            if let digest = RecordScan.choices(of: line.record) {
                members["choices"] = try choices(digest, of: record, run: number, source)
            }
        } else {
            members["job"] = explained["fit"] ?? .null
        }
        let document = JSONValue.object(members)
        output.console.emit(document, table: CellText(document).text)
    }

    private func line(
        of key: JobKey,
        run: Int,
        cell: CellID,
        _ source: ConnectOptions.Source
    ) throws -> (record: [UInt8], facts: [UInt8])? {
        switch source {
        case .folder(let state, _): return try state.record(of: key).map { ($0.record, $0.facts) }
        case .coordinator(let client):
            // Records of a run come in the order of its cells: its own is the first from there on, if it has one.
            var found: (record: [UInt8], facts: [UInt8])?
            try client.follow(after: UInt64(cell.rawValue), run: RunID(UInt64(run)), credit: 1) { message in
                found = message.items.first { $0.jobKey.elementsEqual(key.bytes) }.map {
                    (Array($0.record), Array($0.run))
                }
                return false
            }
            return found
        }
    }

    /// How many items each model got, at the points of a curve.
    private func choices(
        _ digest: Digest,
        of record: JSONValue,
        run: Int,
        _ source: ConnectOptions.Source
    ) throws -> JSONValue {
        let lock: GridLock
        let bytes: [UInt8]
        switch source {
        case .folder(let state, _):
            lock = try state.lock(of: "\(run)")
            guard let found = try state.blob(digest) else { return .null }
            bytes = found
        case .coordinator(let client):
            let text = try client.query(.lock, "\(run)")["lock"]?.stringValue ?? ""
            lock = try GridLock(parsing: text.utf8, place: "the lock of run \(run)", revisions: .any)
            bytes = try client.fetch(digest)
        }
        return ChoiceSummary(bytes, of: record, models: lock.models(ofData: record["job"]?["data"]?.stringValue)).json
    }
}

extension GridLock {
    /// The models of the table that records name by this digest; empty when the grid has none such.
    fileprivate func models(ofData data: String?) -> [String] {
        contents.axes.tables.first { table in
            RecordedJob.dataDigest(samples: table.samples, models: table.models, quality: table.quality).hex == data
        }?.models ?? []
    }
}
