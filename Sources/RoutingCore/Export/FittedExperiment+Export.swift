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
        let refusal =
            ExportedRouters.refusal(
                kind,
                mode: request.mode,
                modality: request.modality,
                fusion: request.fusion?.kind
            ) ?? (router as? any ExportableRouter)?.refusal
        guard refusal == nil, let first = requests.first else {
            throw RouteGridError.badInput("router \(kind)", "cannot be exported: \(refusal ?? "it has no points")")
        }
        var (writer, members) = (FitWriter(), facts)
        var (points, place): ([Double], Int?) = ([], nil)
        if let exportable = router as? any ExportableRouter {
            exportable.write(to: &writer)
            let map = exportable.featureMap
            if let adaptive = map.adaptive { writer.add(adaptive) }
            try describe(map, of: exportable, first, in: &members)
            (points, place) = try operatingPoints(requests)
        } else {
            try writePolicy(requests, to: &writer)
            (members["modality"], members["widths"]) = (["train": .null, "given": .null], ["text": 0, "image": 0])
        }
        let isRaw = first.isRawPenalty || ground.pool.highestCost <= 0
        writer.add("points.budget", points)
        members["format"] = .string(ExportedFit.format)
        members["router"] = request.router.json(revision: try RouterCatalog.descriptor(of: kind).revision)
        members["state"] = .object(writer.members)
        members["mode"] = .string(request.mode.rawValue)
        members["models"] = JSONValue(ground.table.models)
        members["preference"] = .array(ground.order.preference.map { JSONValue($0) })
        if let label = request.label { members["label"] = label.json }
        members["rule"] = [
            "kind": .string(first.rule.rawValue), "scale": .double(isRaw ? 1 : 1 / ground.pool.highestCost),
        ]
        members["point"] = place.map { JSONValue($0) } ?? .null
        var file = SafetensorsWriter(metadata: ["routegrid": JSONValue.object(members).canonicalText])
        for (name, matrix) in writer.tensors { file.add(name, matrix) }
        for (name, matrix) in writer.floatTensors { file.add(name, matrix) }
        return file.bytes()
    }

    /// What a query is to be given by.
    private func describe(
        _ map: FeatureMap,
        of router: any ExportableRouter,
        _ first: EvaluationRequest,
        in members: inout [String: JSONValue]
    ) throws {
        let given = router.reads(first.testModality ?? map.trained)
        members["modality"] = ["train": .string(map.trained.rawValue), "given": .string(given.rawValue)]
        if map.trained == .both, !(router is CrossModalRouter) {
            let fusion =
                map.adaptive == nil
                ? request.fusion ?? FusionConfiguration(kind: "mean") : FusionConfiguration(kind: "adaptive")
            members["fusion"] = fusion.json(revision: try FusionCatalog.descriptor(of: fusion.kind).revision)
        }
        members["widths"] = [
            "text": JSONValue(map.textWidth), "image": JSONValue(map.imageWidth), "features": JSONValue(map.width),
        ]
    }

    /// Budgets of all requests, and which of them is the row's point; no place where no budget changes choices.
    private func operatingPoints(_ requests: [EvaluationRequest]) throws -> (budgets: [Double], place: Int?) {
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
            place = requests[0].rule.descriptor.budgets == .penalties ? 0 : max(points.count - 1, 0)
        }
        return (points, points.isEmpty ? nil : place)
    }

    /// Writes the policy where the board reads accuracy and mean cost; of several listed budgets that of the largest.
    private func writePolicy(_ requests: [EvaluationRequest], to writer: inout FitWriter) throws {
        let plans = try requests.map { try BudgetPlan($0, experiment: self) }
        guard let plan = plans.max(by: { $0.cap ?? .infinity < $1.cap ?? .infinity }) else { return }
        let capped = plan.cap.flatMap { (router as? any CappedRouter)?.capped(at: $0)?.router }
        guard let policy = (capped ?? router) as? any ExportablePolicy else {
            throw RouteGridError.badInput("router \(request.router.kind)", "cannot be exported: it has no policy")
        }
        let report = try evaluate(plan.request).report
        let wanted = report.choices.row(report.reference.picks.largest)
        // Mode compat keeps a frontier of the policies: which of all is it?
        let part = try predictions(plan.request.part, modality: plan.request.testModality, cap: plan.cap)
        guard case .fixed(let all, .policies) = part.form,
            let number = (0..<all.rows).first(where: { all.row($0).elementsEqual(wanted) })
        else { throw RouteGridError(.system, "a policy of a board that its router does not have") }
        policy.write(policy: number, to: &writer)
    }
}
