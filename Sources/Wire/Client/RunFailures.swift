package import RouteGridBase

/// The cells of a run that failed for good: one by one, and grouped for people by router, parameters and reason.
package struct RunFailures {
    /// One object per cell, as in the answer to `status --failures`.
    package let cells: [JSONValue]
    package let run: RunID

    /// Queries until all are there.
    ///
    /// - Parameters:
    ///   - run: The run's number, or `last`.
    ///   - ask: Answers the query `failures` for a selector.
    /// - Throws: What `ask` throws.
    package init(of run: String, _ ask: (String) throws(RouteGridError) -> JSONValue) throws(RouteGridError) {
        var cells: [JSONValue] = []
        var selector = run
        while true {
            let reply = try ask(selector)
            cells += reply["cells"]?.arrayValue ?? []
            let number = reply["run"]?.integerValue ?? 0
            guard let next = reply["next"]?.integerValue else {
                self.run = RunID(UInt64(clamping: number))
                break
            }
            selector = "\(number)/\(next)"
        }
        self.cells = cells
    }

    /// The document of `status --failures --output json`.
    package var json: JSONValue {
        [
            "schema": "routegrid/failures/v1", "run": JSONValue(Int(clamping: run.rawValue)),
            "total": JSONValue(cells.count),
            "cells": .array(cells), "groups": .array(groups.map(\.json)),
        ]
    }

    /// `failures.jsonl`: one line per cell.
    package var lines: [UInt8] {
        cells.flatMap { cell -> [UInt8] in
            var members = cell.objectValue ?? [:]
            members["schema"] = "routegrid/failure/v1"
            members["run"] = JSONValue(Int(clamping: run.rawValue))
            return JSONValue.object(members).canonicalBytes() + [UInt8(ascii: "\n")]
        }
    }

    /// Failures of one router with one set of parameters for one reason.
    package struct Group {
        package let router: String
        package let parameters: String
        package let kind: String
        package let state: String
        package let reason: String
        package var count = 0
        /// The first of the cells.
        package let cell: CellID

        package var json: JSONValue {
            [
                "router": .string(router), "parameters": .string(parameters), "kind": .string(kind),
                "state": .string(state), "reason": .string(reason), "cells": JSONValue(count), "first": JSONValue(cell),
            ]
        }
    }

    /// The largest first.
    package var groups: [Group] {
        var places: [[String]: Int] = [:]
        var groups: [Group] = []
        for cell in cells {
            let text = { (name: String) in cell[name]?.stringValue ?? "" }
            let parameters = (cell["parameters"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
                .map { "\($0.key) \($0.value.stringValue ?? $0.value.jsonText)" }.joined(separator: ", ")
            let reason = RunFailures.general(text("text"))
            let key = [text("router"), parameters, text("kind"), text("state"), reason]
            if places[key] == nil {
                places[key] = groups.count
                groups.append(
                    Group(
                        router: key[0],
                        parameters: parameters,
                        kind: key[2],
                        state: key[3],
                        reason: reason,
                        cell: CellID(cell["cell"]?.integerValue ?? 0)
                    )
                )
            }
            if let place = places[key] { groups[place].count += 1 }
        }
        return groups.sorted { ($1.count, $0.cell) < ($0.count, $1.cell) }
    }

    /// A reason without the parts that differ from cell to cell: its number, the measured memory.
    package static func general(_ text: String) -> String {
        text.replacing(/cell [0-9]+/, with: "a cell").replacing(/(used|with) [0-9]+ MiB/) { "\($0.output.1) … MiB" }
    }
}
