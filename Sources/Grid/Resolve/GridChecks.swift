import Catalog
import RouteGridBase
import RoutingData

/// What can be known to fail before a run: checked over the axes, and skipped where `exclude` leaves the cells out.
struct GridChecks {
    let file: GridFile
    let datasets: [LoadedDataset]
    let axes: GridAxes
    let blocks: [GridBlock]

    func run() throws(RouteGridError) {
        try checkSplits()
        try checkSelection()
        for (entry, block) in zip(file.routers, blocks) {
            if block.reads.contains(.embeddings) { try checkEmbeddings(block) }
            if file.mode == .compat { try checkWidths(block, try RouterCatalog.descriptor(of: block.kind).ownFusion) }
            try checkModels(entry, block)
        }
    }

    /// Axes that are checked one by one are not too many.
    func checkSizes() throws(RouteGridError) {
        let count = axes.tables.count * axes.encoders.count
        guard count <= GridRanges.embeddings else {
            throw .badInput(
                file.encoders.first?.place ?? file.path,
                "\(axes.encoders.count) pairs of encoders with \(axes.tables.count) tables are more than \(GridRanges.embeddings)"
            )
        }
    }

    /// A metric of a whole curve is read off `exact` records: every router has one under each of its rules.
    private func checkSelection() throws(RouteGridError) {
        try checkSharedRows()
        guard let select = file.select, let metric = MetricDescriptor.named(select.value.metric),
            metric.scope == .curve
        else { return }
        for block in blocks {
            let budgets = block.budgets.map { axes.budgets[$0] }
            for rule in Set(budgets.map(\.rule)).sorted(by: { $0.rawValue < $1.rawValue }) {
                let hasCurve = budgets.contains { $0.rule == rule && $0.budget == .exact }
                let isOfFits = rule.descriptor.budgets == .labels
                if !isOfFits, hasCurve { continue }
                let points = MetricDescriptor.all.filter { $0.scope == .point }.map(\.name).joined(separator: ", ")
                let what = isOfFits ? "has one point a fit" : "has no budget exact"
                throw .badInput(
                    "\(select.place).metric",
                    "\(metric.name) is of a whole curve, and router \(block.kind) \(what) under rule \(rule.rawValue); "
                        + "expected budget exact, or one of \(points)"
                )
            }
        }
    }

    /// Datasets whose dev values are averaged have no row that one of them tests and another trains on or judges by.
    private func checkSharedRows() throws(RouteGridError) {
        guard let select = file.select, !select.value.per.contains(SelectionField.dataset.rawValue), datasets.count > 1
        else { return }
        let sharing = Split.sharing(of: axes.splits)
        for number in Set(sharing).sorted() {
            let splits = zip(axes.splits, sharing).filter { $0.1 == number }.map(\.0)
            var judging: [DatasetSample: String] = [:]
            var testing: [(name: String, rows: Set<DatasetSample>)] = []
            for loaded in datasets {
                var tested: Set<DatasetSample> = []
                for split in splits {
                    guard blocks.contains(where: { used(loaded.name, split, by: $0) }),
                        let parts = try? split.parts(of: loaded.dataset.samples.map(\.sample))
                    else { continue }
                    for row in parts.train + parts.dev { judging[loaded.dataset.samples[row]] = loaded.name }
                    tested.formUnion(parts.test.map { loaded.dataset.samples[$0] })
                }
                testing.append((loaded.name, tested))
            }
            for (name, rows) in testing {
                let seen = rows.compactMap { judging[$0] }.filter { $0 != name }
                guard let other = seen.sorted().first else { continue }
                throw .badInput(
                    "\(select.place).per",
                    "\(seen.count) test rows of dataset \(name) are train or dev rows of \(other): a choice by the mean over "
                        + "both would read its own test rows; expected dataset in per"
                )
            }
        }
    }

    /// Every split of every dataset has its parts, and no parameter needs more train rows than there are.
    ///
    /// Of very many splits some at equal distances are looked at, the first among them; the others fail by themselves.
    private func checkSplits() throws(RouteGridError) {
        for loaded in datasets {
            let samples = loaded.dataset.samples.map(\.sample)
            let stride = 1 + samples.count * file.splits.count / GridRanges.checkedRows
            for (place, split) in file.splits.enumerated() where place % stride == 0 {
                guard blocks.contains(where: { used(loaded.name, split.value, by: $0) }) else { continue }
                let parts: SplitParts
                do {
                    parts = try split.value.parts(of: samples)
                } catch {
                    throw .badInput(split.place, "dataset \(loaded.name): \(error.message)")
                }
                for (entry, block) in zip(file.routers, blocks) {
                    try checkTrainRows(parts.train, loaded, split.value, entry, block)
                }
            }
        }
    }

    /// Whether some cell of a block may be about a dataset under a split.
    private func used(_ dataset: String, _ split: Split, by block: GridBlock) -> Bool {
        block.tables.contains { index in
            let table = axes.tables[index]
            let context = ExcludeContext(block: block.kind, table: table, split: split)
            return table.dataset == dataset && !isExcluded(context)
        }
    }

    private func checkTrainRows(
        _ train: [Int],
        _ loaded: LoadedDataset,
        _ split: Split,
        _ entry: GridFile.RouterEntry,
        _ block: GridBlock
    ) throws(RouteGridError) {
        let descriptor = try RouterCatalog.descriptor(of: block.kind, place: entry.place)
        for limited in descriptor.parameters {
            guard let limit = limited.atMost, let parameter = block.parameters.first(where: { $0.name == limited.name })
            else { continue }
            let values = parameter.values.count > 1_000 ? Self.ends(of: parameter.values) : parameter.values
            for table in block.tables.map({ axes.tables[$0] }) where table.dataset == loaded.name {
                let rows = limit == .trainRows ? train.count : answered(train, loaded.dataset, table)
                for value in values where value.integerValue ?? 0 > rows {
                    let context = ExcludeContext(
                        block: block.kind,
                        table: table,
                        split: split,
                        parameters: [limited.name: value]
                    )
                    if isExcluded(context) { continue }
                    throw .badInput(
                        entry.places[limited.name] ?? "\(entry.place).\(limited.name)",
                        "\(value.canonicalText) is more than the \(rows) train rows of dataset \(loaded.name) \(words(limit, table))"
                            + "under split \(split.kind.name) (seed \(split.seed), index \(split.index))"
                    )
                }
            }
        }
    }

    /// The largest of many values: it is over a limit when any is.
    private static func ends(of values: [JSONValue]) -> [JSONValue] {
        values.max { ($0.integerValue ?? 0) < ($1.integerValue ?? 0) }.map { [$0] } ?? []
    }

    /// How many of some rows a model of the pool answers correctly.
    private func answered(_ rows: [Int], _ dataset: Dataset, _ table: GridTable) -> Int {
        let models = dataset.models.indices.filter { table.models.contains(dataset.models[$0]) }
        return rows.count { row in models.contains { dataset.quality[row, $0] >= file.mode.correctFrom } }
    }

    private func words(_ limit: ParameterDescriptor.RowLimit, _ table: GridTable) -> String {
        guard limit == .answeredTrainRows else { return "" }
        return table.pool == "all" ? "with a correct model " : "with a correct model (pool \(table.pool)) "
    }

    /// Every embedding that a modality reads exists in every dataset.
    private func checkEmbeddings(_ block: GridBlock) throws(RouteGridError) {
        for index in block.tables {
            let table = axes.tables[index]
            for encoder in file.encoders {
                for pair in file.modalities {
                    let context = ExcludeContext(
                        block: block.kind,
                        table: table,
                        encoder: encoder.value,
                        modality: pair.value
                    )
                    if isExcluded(context) { continue }
                    for (kind, name, tensors) in [
                        (Modality.text, encoder.value.text, table.text), (.image, encoder.value.image, table.image),
                    ] where [pair.value.train, pair.value.test].contains(where: { $0 == kind || $0 == .both }) {
                        guard let name else {
                            throw .badInput(
                                encoder.place,
                                "no \(kind.rawValue) encoder, which modality \(pair.value.words) reads"
                            )
                        }
                        if tensors[name] == nil { throw absent(kind, name, table, pair) }
                    }
                }
            }
        }
    }

    private func absent(
        _ kind: Modality,
        _ name: String,
        _ table: GridTable,
        _ pair: GridFile.Placed<ModalityPair>
    ) -> RouteGridError {
        let dataset = datasets.first { $0.name == table.dataset }?.dataset
        let names = ((kind == .text ? dataset?.text : dataset?.image) ?? [:]).keys.sorted()
        let others = (kind == .text ? dataset?.image : dataset?.text) ?? [:]
        let other = kind == .text ? Modality.image : Modality.text
        // Most tables have one kind: a grid that does not say so asks for both.
        let way = others.isEmpty ? "" : "; for \(other.rawValue) alone: modality: [\(other.rawValue)]"
        let hint = names.isEmpty ? "; it has none\(way)" : NearestName.hint(name, in: names)
        return .badInput(
            file.path,
            "dataset \(table.dataset) has no \(kind.rawValue) embedding \"\(name)\", which modality \(pair.value.words) reads\(hint)"
        )
    }

    /// A model that a parameter names is in every pool.
    private func checkModels(_ entry: GridFile.RouterEntry, _ block: GridBlock) throws(RouteGridError) {
        let descriptor = try RouterCatalog.descriptor(of: block.kind, place: entry.place)
        for named in descriptor.parameters where named.domain == .text && named.name == "model" {
            for value in block.parameters.first(where: { $0.name == named.name })?.values ?? [] {
                for table in block.tables.map({ axes.tables[$0] }) {
                    let context = ExcludeContext(block: block.kind, table: table, parameters: [named.name: value])
                    guard let model = value.stringValue, !table.models.contains(model), !isExcluded(context) else {
                        continue
                    }
                    let pool = table.pool == "all" ? "" : " (pool \(table.pool))"
                    throw .badInput(
                        entry.places[named.name] ?? entry.place,
                        "dataset \(table.dataset)\(pool) has no model \"\(model)\"\(NearestName.hint(model, in: table.models))"
                    )
                }
            }
        }
    }

    func isExcluded(_ context: ExcludeContext) -> Bool {
        axes.tables.isEmpty || file.exclude.contains { $0.value.covers(context) }
    }
}

extension ModalityPair {
    /// `both`, or `train both, test text`.
    fileprivate var words: String {
        train == test ? train.rawValue : "train \(train.rawValue), test \(test.rawValue)"
    }
}

/// What is known about a set of cells: a clause covers them when each of its fields is known and matches.
struct ExcludeContext {
    var block: String
    var table: GridTable
    var encoder: EncoderPair?
    var split: Split?
    var modality: ModalityPair?
    /// The kind; nil where the modality reads none, or for all.
    var fusion: String?
    var parameters: [String: JSONValue] = [:]
}

extension ExcludeClause {
    /// Whether all cells of a context match: a field about something the context leaves open is no match.
    func covers(_ context: ExcludeContext) -> Bool {
        guard seeds == nil, budgets == nil else { return false }
        if let fusions, !fusions.contains(where: { $0 == context.fusion }) { return false }
        if let datasets, !datasets.contains(context.table.dataset) { return false }
        if let models, !models.contains(context.table.pool) { return false }
        if let encoders, !encoders.contains(where: { $0 == context.encoder }) { return false }
        if let splits, !splits.contains(where: { $0 == context.split?.kind.name }) { return false }
        if let splitIndices, !splitIndices.contains(where: { $0 == context.split?.index }) { return false }
        if let modalities {
            guard let pair = context.modality else { return false }
            let matches = modalities.contains {
                ($0.train == nil || $0.train == pair.train) && ($0.test == nil || $0.test == pair.test)
            }
            guard matches else { return false }
        }
        if let router {
            guard router.kind == context.block else { return false }
            for (name, values) in router.parameters {
                guard let value = context.parameters[name], values.contains(value) else { return false }
            }
        }
        return true
    }
}
