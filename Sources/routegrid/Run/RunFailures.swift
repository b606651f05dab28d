import RouteGridBase
import Wire

/// The cells of a run that failed for good: one by one, and grouped for people by router, parameters and reason.
struct RunFailures {
    /// One object per cell, as in the answer to `status --failures`.
    let cells: [JSONValue]
    let run: RunID

    /// Queries until all are there.
    ///
    /// - Parameters:
    ///   - run: The run's number, or `last`.
    ///   - ask: Answers the query `failures` for a selector.
    /// - Throws: What `ask` throws.
    init(of run: String, _ ask: (String) throws(RouteGridError) -> JSONValue) throws(RouteGridError) {
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
    var json: JSONValue {
        [
            "schema": "routegrid/failures/v1", "run": JSONValue(Int(clamping: run.rawValue)),
            "total": JSONValue(cells.count),
            "cells": .array(cells), "groups": .array(groups.map(\.json)),
        ]
    }

    /// `failures.jsonl`: one line per cell.
    var lines: [UInt8] {
        cells.flatMap { cell -> [UInt8] in
            var members = cell.objectValue ?? [:]
            members["schema"] = "routegrid/failure/v1"
            members["run"] = JSONValue(Int(clamping: run.rawValue))
            return JSONValue.object(members).canonicalBytes() + [UInt8(ascii: "\n")]
        }
    }

    /// Failures of one router with one set of parameters for one reason.
    struct Group {
        let router: String
        let parameters: String
        let kind: String
        let state: String
        let reason: String
        var count = 0
        /// The first of the cells.
        let cell: Int

        var json: JSONValue {
            [
                "router": .string(router), "parameters": .string(parameters), "kind": .string(kind),
                "state": .string(state), "reason": .string(reason), "cells": JSONValue(count), "first": JSONValue(cell),
            ]
        }
    }

    /// The largest first.
    var groups: [Group] {
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
                        cell: cell["cell"]?.integerValue ?? 0
                    )
                )
            }
            if let place = places[key] { groups[place].count += 1 }
        }
        return groups.sorted { ($1.count, $0.cell) < ($0.count, $1.cell) }
    }

    /// A reason without the parts that differ from cell to cell: its number, the measured memory.
    static func general(_ text: String) -> String {
        text.replacing(/cell [0-9]+/, with: "a cell").replacing(/(used|with) [0-9]+ MiB/) { "\($0.output.1) … MiB" }
    }

    /// A table for people.
    func table(bold: Bool = false, limit: Int = .max) -> String {
        var table = TextTable(">cells", "router", "parameters", "kind", "reason", "first")
        for group in groups.prefix(limit) {
            table.add(
                "\(group.count)",
                group.router,
                group.parameters,
                group.state == "quarantined" ? "\(group.kind), quarantined" : group.kind,
                String(group.reason.prefix(200)),
                "\(run)/\(group.cell)"
            )
        }
        return table.rendered(bold: bold)
    }

    /// What `run` and `wait` print on stderr.
    ///
    /// - Parameters:
    ///   - console: Where to print it.
    ///   - words: The command-line options that name the coordinator or its folder.
    func tell(_ console: Console, words: String) {
        guard !cells.isEmpty else { return }
        for line in table(limit: 8).split(separator: "\n") { console.note(String(line)) }
        if let first = groups.first {
            console.note("more of one: routegrid explain \(run)/\(first.cell)\(words)")
        }
    }
}
