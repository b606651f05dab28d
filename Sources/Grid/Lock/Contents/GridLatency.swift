package import RouteGridBase

/// How the latency of routers is measured: `latency` of a grid file.
///
/// A measurement is a job of its own, one for each configuration, test modality and batch size, on the first split and
/// the first seed. Every run measures anew: what a machine takes is no function of a key.
package struct GridLatency: Hashable, Sendable {
    /// Different queries that are routed, evenly spaced over the test part; fewer when it is smaller.
    package var queries: Int
    /// Calls before the first that counts.
    package var warmup: Int
    /// Times that the queries are gone through.
    package var repeats: Int
    /// Queries a call, one measurement each.
    package var batches: [Int]

    package init(queries: Int = 200, warmup: Int = 20, repeats: Int = 5, batches: [Int] = [1]) {
        (self.queries, self.warmup, self.repeats, self.batches) = (queries, warmup, repeats, batches)
    }

    package var json: JSONValue {
        [
            "queries": JSONValue(queries), "warmup": JSONValue(warmup), "repeats": JSONValue(repeats),
            "batch": .array(batches.map { JSONValue($0) }),
        ]
    }

    package init(json: JSONValue, place: String) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        queries = try object.integer("queries", in: GridRanges.queries)
        warmup = try object.integer("warmup", in: GridRanges.warmup)
        repeats = try object.integer("repeats", in: GridRanges.repeats)
        batches = try object.integers("batch", in: GridRanges.batch)
        try object.finish()
        guard !batches.isEmpty, Set(batches).count == batches.count else {
            throw .badInput("\(place).batch", "expected different batch sizes, at least one")
        }
    }
}

extension GridLatency {
    /// `{queries: 200, warmup: 20, repeats: 5, batch: [1, 64]}`, every key optional; nil when there is none.
    static func read(_ node: GridNode?) throws(RouteGridError) -> GridLatency? {
        guard let node else { return nil }
        let keys = ["queries", "warmup", "repeats", "batch"]
        let entry = try GridMapping(node, of: "{queries: …, warmup: …, repeats: …, batch: […]}", keys: keys)
        var latency = GridLatency()
        if let node = entry["queries"] { latency.queries = try node.integer(GridRanges.queries) }
        if let node = entry["warmup"] { latency.warmup = try node.integer(GridRanges.warmup) }
        if let node = entry["repeats"] { latency.repeats = try node.integer(GridRanges.repeats) }
        if let node = entry["batch"] { latency.batches = try batches(node, queries: latency.queries) }
        return latency
    }

    private static func batches(_ node: GridNode, queries: Int) throws(RouteGridError) -> [Int] {
        var sizes: [Int] = []
        for element in try node.nonEmptyElements(of: "batch size") {
            let size = try element.integer(GridRanges.batch)
            guard size <= queries else {
                throw element.failure("a batch of \(size) is more than latency.queries = \(queries)")
            }
            guard !sizes.contains(size) else { throw element.failure("batch size \(size) is given twice") }
            sizes.append(size)
        }
        return sizes
    }
}
