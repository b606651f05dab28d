import Catalog
import RouteGridBase
import RoutingData

/// The canonical bytes of a grid's keys, cut into pieces that hold one axis value each.
///
/// A key is put together from pieces and hashed; no JSON tree is built for a cell. The pieces of an axis are as many as
/// its values, so that their memory grows with the sum of the axes and not with their product. The result equals the
/// canonical bytes of ``FitIdentity`` and ``JobIdentity``; a test compares them cell by cell.
struct KeyTemplates: Sendable {
    typealias Bytes = [UInt8]

    /// What of a table a fit or an evaluation reads.
    private struct DataKey: Hashable {
        var table: Int
        var encoder: Int
        var modality: Modality?
        var withCost: Bool
    }

    private var data: [DataKey: Bytes] = [:]
    private var fusions: [Bytes]
    private var labels: [Bytes]
    private var splits: [Bytes]
    private var seeds: [Int]
    /// `{"budget":…,"cost":` by budget.
    private var budgets: [Bytes]
    private var costs: [Bytes]
    /// `"…` after the fit key up to the test modality, by rule revision, kind and part.
    private var evaluationTails: [[Bytes]]
    private let mode: Bytes
    private let end: Bytes

    init(_ contents: GridLockContents, blocks: [BlockLayout]) {
        let axes = contents.axes
        let minCoverage = contents.minCoverage
        fusions = axes.fusions.map { $0.configuration.json(revision: $0.revision).canonicalBytes() }
        labels = axes.labels.map { $0.json.canonicalBytes() }
        splits = axes.splits.map { $0.json.canonicalBytes() }
        seeds = axes.seeds
        budgets = axes.budgets.map {
            Array("{\"budget\":".utf8) + $0.budget.json.canonicalBytes() + Array(",\"cost\":".utf8)
        }
        costs = axes.tables.map { $0.cost.json.canonicalBytes() + Array(",\"data\":".utf8) }
        let coverage =
            minCoverage == ReferenceCoverage.standard
            ? [] : Array(",\"min_coverage\":".utf8) + JSONValue.double(minCoverage).canonicalBytes()
        mode =
            coverage + Array(",\"mode\":\"\(contents.mode.rawValue)\",\"numerics\":".utf8)
            + JSONValue.string(contents.numerics).canonicalBytes() + Array(",\"router\":".utf8)
        end = Array(",\"v\":\(KeyForm.revision)}".utf8)
        evaluationTails = axes.budgets.map { budget in
            axes.parts.map { part in
                return Array("\",\"kind\":\"evaluate\",\"metrics_revision\":\(contents.metricsRevision),".utf8)
                    + Array("\"part\":\"\(part.rawValue)\",\"rule\":".utf8) + budget.ruleJSON.canonicalBytes()
            }
        }
        for layout in blocks { addData(of: layout, axes: axes) }
    }

    /// Renders the data objects that a block's fits and evaluations name.
    private mutating func addData(of layout: BlockLayout, axes: GridAxes) {
        let reads = layout.block.reads
        let encoders = reads.contains(.embeddings) ? Array(axes.encoders.indices) : [0]
        for table in layout.block.tables {
            for encoder in encoders {
                for variant in layout.variants {
                    let fit = DataKey(
                        table: table,
                        encoder: encoder,
                        modality: variant.train,
                        withCost: reads.contains(.trainCost)
                    )
                    let tests = variant.tests.map {
                        DataKey(table: table, encoder: encoder, modality: $0, withCost: false)
                    }
                    for key in [fit] + tests where data[key] == nil {
                        let pair = key.modality == nil ? nil : axes.encoders[encoder]
                        data[key] = axes.tables[table]
                            .identity(encoder: pair, modality: key.modality, withCost: key.withCost)
                            .json.canonicalBytes()
                    }
                }
            }
        }
    }

    /// The canonical bytes of a group's fit.
    func fitBytes(_ group: BlockLayout.Coordinates, layout: BlockLayout, router: RouterTemplate) -> Bytes {
        var out: Bytes = []
        out.reserveCapacity(1_536)
        let variant = layout.variants[group.variant]
        out.append(contentsOf: "{\"data\":".utf8)
        let key = DataKey(
            table: group.table,
            encoder: group.encoder ?? 0,
            modality: variant.train,
            withCost: layout.block.reads.contains(.trainCost)
        )
        if let bytes = data[key] { out.append(contentsOf: bytes) }
        if let fusion = group.fusion {
            out.append(contentsOf: ",\"fusion\":".utf8)
            out.append(contentsOf: fusions[fusion])
        }
        if let label = group.label {
            out.append(contentsOf: ",\"label\":".utf8)
            out.append(contentsOf: labels[label])
        }
        out.append(contentsOf: mode)
        router.append(group.parameters, to: &out)
        if let seed = group.seed {
            out.append(contentsOf: ",\"seed\":".utf8)
            out.append(contentsOf: String(seeds[seed]).utf8)
        }
        out.append(contentsOf: ",\"split\":".utf8)
        out.append(contentsOf: splits[group.split])
        if let train = variant.train { out.append(contentsOf: ",\"train_modality\":\"\(train.rawValue)\"".utf8) }
        out.append(contentsOf: end)
        return out
    }

    /// The data object and the text before the fit key, for all evaluations of a group with one test modality.
    func evaluationHead(_ group: BlockLayout.Coordinates, test: Modality?) -> Bytes {
        let key = DataKey(table: group.table, encoder: group.encoder ?? 0, modality: test, withCost: false)
        return costs[group.table] + (data[key] ?? []) + Array(",\"fit\":\"".utf8)
    }

    /// The text after the rule, for all evaluations with one test modality.
    func evaluationEnd(test: Modality?) -> Bytes {
        guard let test else { return end }
        return Array(",\"test_modality\":\"\(test.rawValue)\"".utf8) + end
    }

    /// The canonical bytes of one evaluation.
    func evaluationBytes(budget: Int, part: Int, fitHex: Bytes, head: Bytes, end: Bytes) -> Bytes {
        let (first, tail) = (budgets[budget], evaluationTails[budget][part])
        var out: Bytes = []
        out.reserveCapacity(first.count + head.count + fitHex.count + tail.count + end.count)
        out.append(contentsOf: first)
        out.append(contentsOf: head)
        out.append(contentsOf: fitHex)
        out.append(contentsOf: tail)
        out.append(contentsOf: end)
        return out
    }
}

/// The `router` object of a block's keys: its members in canonical order, one piece for each parameter value.
struct RouterTemplate: Sendable {
    private enum Member: Sendable {
        case constant([UInt8])
        case parameter(Int, [[UInt8]])
    }

    private let members: [Member]

    init(_ block: GridBlock) {
        var named: [(name: String, member: Member)] = [
            ("kind", .constant(JSONValue.string(block.kind).canonicalBytes())),
            ("revision", .constant(JSONValue(block.revision).canonicalBytes())),
        ]
        for (index, parameter) in block.parameters.enumerated() {
            named.append((parameter.name, .parameter(index, parameter.values.map { $0.canonicalBytes() })))
        }
        named.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        members = named.enumerated().flatMap { place, entry in
            [.constant(Array("\(place == 0 ? "{" : ",")\"\(entry.name)\":".utf8)), entry.member]
        }
    }

    func append(_ values: [Int], to out: inout [UInt8]) {
        for member in members {
            switch member {
            case .constant(let bytes): out.append(contentsOf: bytes)
            case .parameter(let index, let pieces): out.append(contentsOf: pieces[values[index]])
            }
        }
        out.append(UInt8(ascii: "}"))
    }
}

extension GridTable {
    /// The data that a fit or an evaluation with this modality reads.
    func identity(encoder: EncoderPair?, modality: Modality?, withCost: Bool) -> DataIdentity {
        let readsText = modality == .text || modality == .both
        let readsImage = modality == .image || modality == .both
        return DataIdentity(
            samples: samples,
            models: models,
            quality: quality,
            text: readsText ? encoder?.text.flatMap { text[$0] } : nil,
            image: readsImage ? encoder?.image.flatMap { image[$0] } : nil,
            cost: withCost ? cost : nil
        )
    }
}
