import Catalog
import RouteGridBase

extension GridLock {
    /// What the grid was frozen under that is not this build's, such as `metrics revision 1 (now 2)`; nil when this
    /// build computes all of its cells.
    package var earlierRevisions: String? {
        var named = [(name: "metrics", recorded: contents.metricsRevision, own: Optional(CurveMetric.revision))]
        named += contents.axes.budgets.map { ("rule \($0.rule.rawValue)", $0.revision, $0.rule.descriptor.revision) }
        named += contents.blocks.map { block in
            (
                "router \(block.kind)", block.revision,
                RouterCatalog.descriptors.first { $0.kind == block.kind }?.revision
            )
        }
        named += contents.axes.fusions.map { fusion in
            let kind = fusion.configuration.kind
            return ("fusion \(kind)", fusion.revision, FusionCatalog.descriptors.first { $0.kind == kind }?.revision)
        }
        var words: [String] = []
        for (name, recorded, own) in named where recorded != own {
            let text = "\(name) revision \(recorded) (now \(own.map(String.init) ?? "unknown"))"
            if !words.contains(text) { words.append(text) }
        }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}
