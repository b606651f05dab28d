import Catalog
package import RouteGridBase
import RoutingData

/// What a group is, in types; for display and leases, not for the path of every cell.
extension GridLock {
    /// The fit of a group.
    package func fit(ofGroup group: Int) -> FitIdentity {
        let (block, values) = coordinates(ofGroup: group)
        let (axes, layout) = (contents.axes, layouts[block])
        let variant = layout.variants[values.variant]
        var parameters: [String: JSONValue] = [:]
        for (index, parameter) in layout.block.parameters.enumerated() {
            parameters[parameter.name] = parameter.values[values.parameters[index]]
        }
        return FitIdentity(
            numerics: numerics,
            mode: mode,
            router: RouterConfiguration(kind: layout.block.kind, parameters: parameters),
            routerRevision: layout.block.revision,
            data: axes.tables[values.table].identity(
                encoder: values.encoder.map { axes.encoders[$0] },
                modality: variant.train,
                withCost: layout.block.reads.contains(.trainCost)
            ),
            split: axes.splits[values.split],
            trainModality: variant.train,
            fusion: values.fusion.map { axes.fusions[$0].configuration },
            fusionRevision: values.fusion.map { axes.fusions[$0].revision } ?? 1,
            label: values.label.map { axes.labels[$0] },
            seed: values.seed.map { axes.seeds[$0] },
            minCoverage: contents.minCoverage
        )
    }

    /// The evaluation of one cell; not of a latency job.
    package func job(ofCell cell: CellID) -> JobIdentity {
        let group = group(ofCell: cell)
        let (block, values) = coordinates(ofGroup: group)
        let (axes, layout) = (contents.axes, layouts[block])
        let variant = layout.variants[values.variant]
        var rest = cells(ofGroup: group).lowerBound.distance(to: cell)
        let budget = axes.budgets[layout.block.budgets[rest % layout.block.budgets.count]]
        rest /= layout.block.budgets.count
        let part = axes.parts[rest % axes.parts.count]
        let test = variant.tests[rest / axes.parts.count]
        return JobIdentity(
            fit: fitKey(ofGroup: group),
            part: part,
            testModality: test,
            data: axes.tables[values.table].identity(
                encoder: values.encoder.map { axes.encoders[$0] },
                modality: test,
                withCost: false
            ),
            cost: axes.tables[values.table].cost,
            rule: budget.rule,
            ruleRevision: budget.revision,
            isRawPenalty: budget.isRawPenalty,
            budget: budget.budget,
            metricsRevision: contents.metricsRevision
        )
    }

    /// Groups of evaluations that have a cell which is not excluded; above a million groups all are counted.
    package var activeGroupCount: Int {
        let groups = evaluationGroups
        guard excludedCount > 0, groups.count <= 1_000_000 else { return groups.count }
        return groups.count { activeCellCount(ofGroup: $0) > 0 }
    }

    /// Whether an `exclude` entry leaves a cell out.
    package func isExcluded(_ cell: CellID) -> Bool {
        !jobs(ofGroup: group(ofCell: cell)).contains { $0.cell == cell }
    }

    /// Every blob that the fit and the evaluations of a group need, in a fixed order.
    package func data(ofGroup group: Int) -> [Digest] {
        let (block, values) = coordinates(ofGroup: group)
        let table = contents.axes.tables[values.table]
        let encoder = values.encoder.map { contents.axes.encoders[$0] }
        let variant = layouts[block].variants[values.variant]
        var blobs: [Digest] = []
        for modality in [variant.train] + variant.tests {
            for blob in table.identity(encoder: encoder, modality: modality, withCost: true).blobs
            where !blobs.contains(blob) {
                blobs.append(blob)
            }
        }
        for (index, parameter) in layouts[block].block.parameters.enumerated() {
            let file = fileDigest(parameter, values.parameters[index], of: layouts[block].block)
            if let file { blobs.append(file) }
        }
        return blobs
    }

    private func fileDigest(_ parameter: GridBlock.Parameter, _ value: Int, of block: GridBlock) -> Digest? {
        guard let descriptor = try? RouterCatalog.descriptor(of: block.kind),
            descriptor.parameters.first(where: { $0.name == parameter.name })?.domain == .file
        else { return nil }
        return parameter.values[value].stringValue.flatMap { Digest(hex: $0) }
    }

    /// The names of the programs that `exec` routers of the grid run.
    package var programs: Set<String> {
        Set(
            contents.blocks.lazy.filter { $0.kind == RouterCatalog.programKind }.flatMap(\.parameters)
                .filter { $0.name == RouterCatalog.commandParameter }.flatMap(\.values).compactMap(\.stringValue)
        )
    }

    /// The names that records of a group show: ``RecordLabels`` as JSON.
    package func labels(ofGroup group: Int) -> JSONValue {
        let (block, values) = coordinates(ofGroup: group)
        let table = contents.axes.tables[values.table]
        let encoder = values.encoder.map { contents.axes.encoders[$0] }
        let variant = layouts[block].variants[values.variant]
        let modalities = [variant.train] + variant.tests
        return RecordLabels(
            dataset: table.dataset,
            models: table.pool,
            textEncoder: modalities.contains { $0 == .text || $0 == .both } ? encoder?.text : nil,
            imageEncoder: modalities.contains { $0 == .image || $0 == .both } ? encoder?.image : nil,
            prices: table.prices
        ).json
    }
}
