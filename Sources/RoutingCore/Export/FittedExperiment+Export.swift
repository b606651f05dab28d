import Catalog
package import RouteGridBase
import RoutingData
import Scoring

extension FittedExperiment {
    /// Writes the router with the operating points of some evaluations of it: a safetensors file of format
    /// ``ExportedFit/format``.
    ///
    /// - Parameters:
    ///   - requests: evaluations of one part, modality and rule; at least one.
    ///   - facts: where the fit comes from: names that are written as they are.
    /// - Returns: the file; the same bytes for the same fit and facts.
    /// - Throws: `badInput` for a router that cannot be written, and what evaluating throws.
    package func exported(_ requests: [EvaluationRequest], facts: [String: JSONValue]) throws -> [UInt8] {
        let kind = request.router.kind
        let refusal = ExportedRouters.refusal(
            kind,
            mode: request.mode,
            modality: request.modality,
            fusion: request.fusion?.kind
        )
        guard refusal == nil, let exportable = router as? any ExportableRouter, let first = requests.first else {
            throw RouteGridError.badInput("router \(kind)", "cannot be exported: \(refusal ?? "it has no points")")
        }
        var writer = FitWriter()
        exportable.write(to: &writer)
        let map = exportable.featureMap
        var (points, place) = ([Double](), 0)
        for request in requests {
            let report = try evaluate(request).report
            let budgets = report.budgets ?? []
            // Where the board reads accuracy and mean cost; of several listed budgets the largest.
            if requests.count == 1 { place = budgets.isEmpty ? 0 : report.reference.picks.largest }
            points += budgets
        }
        if requests.count > 1 {
            points.sort()
            place = first.rule.descriptor.budgets == .penalties ? 0 : max(points.count - 1, 0)
        }
        let isRaw = first.isRawPenalty || ground.pool.highestCost <= 0
        writer.add("points.budget", points)
        var members = facts
        members["format"] = .string(ExportedFit.format)
        members["router"] = request.router.json(revision: try RouterCatalog.descriptor(of: kind).revision)
        members["state"] = .object(writer.members)
        members["mode"] = .string(request.mode.rawValue)
        members["models"] = JSONValue(ground.table.models)
        members["preference"] = .array(ground.order.preference.map { JSONValue($0) })
        members["modality"] = [
            "train": .string(map.trained.rawValue), "given": .string((first.testModality ?? map.trained).rawValue),
        ]
        if map.trained == .both {
            let fusion = request.fusion ?? FusionConfiguration(kind: "mean")
            members["fusion"] = fusion.json(revision: try FusionCatalog.descriptor(of: fusion.kind).revision)
        }
        members["widths"] = [
            "text": JSONValue(map.textWidth), "image": JSONValue(map.imageWidth), "features": JSONValue(map.width),
        ]
        if let label = request.label { members["label"] = label.json }
        members["rule"] = [
            "kind": .string(first.rule.rawValue), "scale": .double(isRaw ? 1 : 1 / ground.pool.highestCost),
        ]
        members["point"] = points.isEmpty ? .null : JSONValue(place)
        var file = SafetensorsWriter(metadata: ["routegrid": JSONValue.object(members).canonicalText])
        for (name, matrix) in writer.tensors { file.add(name, matrix) }
        for (name, matrix) in writer.floatTensors { file.add(name, matrix) }
        return file.bytes()
    }
}
