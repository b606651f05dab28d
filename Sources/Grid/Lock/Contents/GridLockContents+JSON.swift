import Catalog
package import RouteGridBase
import RoutingData

extension GridLockContents {
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "schema": .string(GridLock.schema), "name": .string(name), "mode": .string(mode.rawValue),
            "numerics": .string(numerics), "axes": axes.json, "blocks": .array(blocks.map(\.json)),
            "exclude": .array(exclude.map(\.json)), "statistics": statistics.json, "limits": limits.json,
            "resources": resources.json, "priority": JSONValue(priority),
            "metrics_revision": JSONValue(metricsRevision),
            "blobs": .array(
                blobs.map { ["sha256": .string($0.digest.hex), "bytes": JSONValue($0.byteCount)] }
            ),
        ]
        if minCoverage != ReferenceCoverage.standard { members["min_coverage"] = .double(minCoverage) }
        if let select { members["select"] = ["metric": .string(select.metric), "per": JSONValue(select.per)] }
        if let latency { members["latency"] = latency.json }
        return .object(members)
    }

    /// Reads what ``json`` or its canonical bytes hold.
    ///
    /// - Throws: ``RouteGridError`` `badInput` with the member that is missing, unknown or wrong, or for a revision
    ///   that this build does not have.
    package init(
        json: JSONValue,
        place: String,
        revisions: AdmittedRevisions = .own
    ) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        try object.schema(GridLock.schema)
        name = try object.name("name")
        mode = try object.choice("mode")
        numerics = try object.name("numerics")
        let axes = try GridAxes(json: try object.required("axes"), place: "\(place): axes", revisions: revisions)
        self.axes = axes
        blocks = try object.list("blocks").mapThrowing { json throws(RouteGridError) in
            try GridBlock(json: json, axes: axes, place: "\(place): blocks", revisions: revisions)
        }
        exclude = try object.list("exclude").mapThrowing { json throws(RouteGridError) in
            try ExcludeClause(json: json, place: "\(place): exclude")
        }
        statistics = try GridStatistics(json: try object.required("statistics"), place: "\(place): statistics")
        limits = try GridLimits(json: try object.required("limits"), place: "\(place): limits")
        resources = try GridResources(json: try object.required("resources"), place: "\(place): resources")
        priority = try object.integer("priority", in: GridRanges.priority)
        metricsRevision = try object.integer("metrics_revision")
        minCoverage = try object.minCoverage()
        blobs = try object.list("blobs").mapThrowing { json throws(RouteGridError) in
            var blob = try StrictObject(json, place: "\(place): blobs")
            let digest = try blob.digest("sha256")
            let byteCount = try blob.integer("bytes", in: GridRanges.blobBytes)
            try blob.finish()
            return Blob(digest: digest, byteCount: byteCount)
        }
        select = nil
        if let json = object.optional("select") {
            var selection = try StrictObject(json, place: "\(place): select")
            select = GridSelection(metric: try selection.text("metric"), per: try selection.texts("per"))
            try selection.finish()
        }
        latency = try object.optional("latency").mapThrowing { json throws(RouteGridError) in
            try GridLatency(json: json, place: "\(place): latency")
        }
        try checkStages(place: place)
        try object.finish()
        try revisions.check(metricsRevision, own: CurveMetric.revision, of: "the metric set", place: place)
        guard exclude.count <= ExcludeClause.limit else {
            throw .badInput("\(place): exclude", "expected at most \(ExcludeClause.limit) entries")
        }
        guard !blocks.isEmpty else { throw .badInput("\(place): blocks", "expected at least one") }
    }
}

extension StrictObject {
    /// Takes `min_coverage`, which is there when it is not the standard.
    mutating func minCoverage() throws(RouteGridError) -> Double {
        guard let json = optional("min_coverage") else { return ReferenceCoverage.standard }
        guard let value = json.numberValue, (0...1).contains(value) else {
            throw .badInput("\(place).min_coverage", "expected a number from 0 to 1")
        }
        return value
    }
}

extension GridLockContents {
    /// A selection has a dev part to be made on, and names that this build knows.
    private func checkStages(place: String) throws(RouteGridError) {
        guard let select else { return }
        guard axes.parts == [.dev, .test] else {
            throw .badInput("\(place): axes.parts", "expected dev and test in a grid with select")
        }
        guard MetricDescriptor.named(select.metric) != nil else {
            throw .badInput("\(place): select", "unknown metric \"\(select.metric)\"")
        }
        for field in select.per where SelectionField(rawValue: field) == nil {
            throw .badInput("\(place): select", "unknown field \"\(field)\"")
        }
    }
}

extension Sequence {
    /// `map` that keeps the error's type.
    func mapThrowing<Result>(
        _ transform: (Element) throws(RouteGridError) -> Result
    ) throws(RouteGridError) -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try transform(element)) }
        return results
    }
}
