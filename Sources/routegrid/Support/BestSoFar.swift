import Aggregator
import Foundation
import Grid
import Report
import RouteGridBase
import Wire

/// The best row of each table of a run that is not over: of what is recorded so far, without intervals.
struct BestSoFar {
    /// Records of a run beyond which no board is made in passing.
    private static let mostRecords = 20_000

    private let report: RunReport
    /// Of the board; without one, why.
    private let tables: [JSONValue]
    private let notes: [String]
    private let recordCount: Int

    /// Reads the records of a run and ranks them.
    ///
    /// - Parameters:
    ///   - report: Of the run.
    ///   - grids: What grids say of their data.
    ///   - client: A conversation with the coordinator.
    /// - Throws: `unreachable` when the coordinator is gone.
    init(_ report: RunReport, _ grids: ServedGrids, through client: ClusterClient) throws {
        self.report = report
        guard report.done <= Self.mostRecords else {
            (tables, recordCount) = ([], report.done)
            notes = ["\(report.done) records are too many to rank here: wait --timeout 0 --out makes a board of them"]
            return
        }
        var collection = RecordCollection(bad: .setAside)
        try client.follow(run: report.run) { message in
            for item in message.items where RecordScan(item.record)?.isLatency == false {
                // A record that cannot be read is no reason to show nothing.
                try? collection.add(item.record, place: "record \(item.seq)")
            }
            return true
        }
        var found: [JSONValue] = []
        var remarks: [String] = []
        for (mode, numerics) in collection.classes {
            let chosen = collection.records.filter { $0.mode == mode && $0.numerics == numerics }
            do throws(RouteGridError) {
                let board = try Leaderboard(chosen, tables: grids.tables, seal: grids.seal, bad: .setAside)
                found += LiveBoard(board).tables.compactMap(Self.best)
            } catch { remarks.append(SafeText.line(error.message)) }
        }
        (tables, notes, recordCount) = (found, remarks, collection.count)
    }

    /// The best row of a table; nil where none has a place.
    private static func best(_ table: JSONValue) -> JSONValue? {
        let rows = table["rows"]?.arrayValue ?? []
        guard let row = rows.first(where: { $0["place"] == 1 }) else { return nil }
        return [
            "dataset": table["dataset"] ?? .null, "caption": table["caption"] ?? .null,
            "metric": table["metric"] ?? .null, "router": row["label"] ?? .null, "value": row["value"] ?? .null,
            "accuracy": row["accuracy"] ?? .null, "cost": row["cost"] ?? .null, "cost_unit": table["unit"] ?? .null,
            "rows": JSONValue(rows.count + (table["hidden"]?.integerValue ?? 0)),
        ]
    }

    /// `{"run", "partial": true, "cells", "records", "notes", "tables": [{"dataset", "caption", "metric", "router",
    /// "value", "accuracy", "cost", "cost_unit", "rows"}]}`.
    var json: JSONValue {
        [
            "run": JSONValue(Int(clamping: report.run.rawValue)), "partial": true, "cells": JSONValue(report.cells),
            "records": JSONValue(recordCount), "notes": JSONValue(notes), "tables": .array(tables),
        ]
    }

    /// The dataset of each table, with a number where several tables are about it.
    private var shownNames: [String] {
        let names = tables.map { $0["dataset"]?.stringValue ?? "" }
        var seen: [String: Int] = [:]
        return names.map { name in
            seen[name, default: 0] += 1
            return names.count { $0 == name } > 1 ? "\(name) (\(seen[name] ?? 0))" : name
        }
    }

    /// For people.
    func text(bold: Bool) -> String {
        var out = "\nrun \(report.run): best so far, partial: \(recordCount) records of \(report.cells) cells\n"
        let names = shownNames
        if !tables.isEmpty {
            var shown = TextTable("dataset", "metric", "best router", ">value", ">accuracy", ">cost", ">of rows")
            for (table, name) in zip(tables, names) {
                func number(_ name: String) -> String {
                    table[name]?.numberValue.map { String(format: "%.4g", $0) } ?? "–"
                }
                shown.add(
                    name,
                    table["metric"]?.stringValue ?? "",
                    table["router"]?.stringValue ?? "",
                    number("value"),
                    number("accuracy"),
                    number("cost"),
                    "\(table["rows"]?.integerValue ?? 0)"
                )
            }
            out += shown.rendered(bold: bold)
            for (table, name) in zip(tables, names) where name != table["dataset"]?.stringValue {
                out += "\(name): \(table["caption"]?.stringValue ?? "")\n"
            }
        } else if notes.isEmpty {
            out += "no row has a place yet\n"
        }
        return out + notes.map { "\($0)\n" }.joined()
    }
}
