package import RouteGridBase

extension FrozenSelection {
    /// `selection.json`: one choice a line.
    package var bytes: [UInt8] {
        let head: [(String, JSONValue)] = [
            ("schema", .string(Self.schema)), ("lock_sha256", .string(lock.hex)), ("metric", .string(metric)),
            ("on", "dev"), ("larger_is_better", .bool(isLargerBetter)), ("per", JSONValue(per)),
        ]
        let members = head.map { "\"\($0)\":\($1.jsonText),\n" }.joined()
        let lines = choices.map(\.json.jsonText).joined(separator: ",\n")
        return Array("{\(members)\"choices\":[\n\(lines)\n]}\n".utf8)
    }

    package var digest: Digest { Digest(hashing: bytes) }

    /// Reads `selection.json`.
    ///
    /// - Throws: ``RouteGridError`` `badInput` with the member that is missing, unknown or wrong.
    package init(parsing bytes: some Sequence<UInt8>, place: String = "selection.json") throws(RouteGridError) {
        var object = try StrictObject(try JSONValue(parsing: bytes, place: place), place: place)
        try object.schema(Self.schema)
        lock = try object.digest("lock_sha256")
        metric = try object.text("metric")
        guard try object.text("on") == "dev" else { throw .badInput("\(place): on", "expected dev") }
        isLargerBetter = try object.required("larger_is_better") == true
        per = try object.texts("per")
        choices = try object.list("choices").mapThrowing { json throws(RouteGridError) in
            try Choice(json: json, place: "\(place): choices")
        }
        try object.finish()
        let count = choices.reduce(0) { $0 + $1.cells.reduce(0) { $0 + $1.count } }
        guard count <= Self.cellLimit else {
            throw .badInput("\(place): choices", "expected at most \(Self.cellLimit) cells, found \(count)")
        }
    }
}

extension FrozenSelection.Choice {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "per": per, "configurations": JSONValue(configurations), "competing": JSONValue(competing),
            "unread_dev_cells": JSONValue(unreadDevCells), "candidates": .array(candidates.map(\.json)),
            "cells": .array(cells.map { [JSONValue($0.first.rawValue), JSONValue($0.count)] }),
        ]
        if let why { members["why"] = .string(why) }
        return .object(members)
    }

    init(json: JSONValue, place: String) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        per = try object.required("per")
        configurations = try object.integer("configurations", in: 0...1 << 62)
        competing = try object.integer("competing", in: 0...1 << 62)
        unreadDevCells = try object.integer("unread_dev_cells", in: 0...1 << 62)
        candidates = try object.list("candidates").mapThrowing { json throws(RouteGridError) in
            try FrozenSelection.Candidate(json: json, place: "\(place): candidates")
        }
        cells = try IntegerRuns(
            json: try object.list("cells"),
            within: 0...1 << 62,
            atMost: FrozenSelection.cellLimit,
            place: "\(place): cells"
        ).runs.map { FrozenSelection.CellRun(first: CellID($0.first), count: $0.count) }
        why = object.optional("why")?.stringValue
        try object.finish()
    }
}

extension FrozenSelection.Candidate {
    var json: JSONValue {
        var members: [String: JSONValue] = ["configuration": configuration, "dev": dev.map { .double($0) } ?? .null]
        if let why { members["why"] = .string(why) }
        return .object(members)
    }

    init(json: JSONValue, place: String) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        configuration = try object.required("configuration")
        dev = object.optional("dev")?.numberValue
        why = object.optional("why")?.stringValue
        try object.finish()
    }
}
