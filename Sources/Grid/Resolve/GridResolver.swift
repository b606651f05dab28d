import Catalog
package import RouteGridBase
import RoutingData

/// From a grid file and its datasets to a lock.
package enum GridResolver {
    /// Loads the datasets, computes the digests, checks all that can be checked before a run, and freezes the grid.
    ///
    /// `numerics` names the classes of this machine.
    /// - Throws: ``RouteGridError`` `badInput` with the place in the grid file: for data that is absent or has other
    ///   content, an unknown model or encoder, an empty part, a parameter too large for the train part, a grid with no
    ///   cell or more than `limits.cells`.
    /// - Complexity: the size of the data and the sum of the axes; never the number of cells.
    package static func resolve(
        _ file: GridFile,
        numerics: NumericsClasses
    ) throws(RouteGridError) -> ResolvedGrid {
        let datasets = try file.datasets.mapThrowing { entry throws(RouteGridError) in
            try LoadedDataset(entry, relativeTo: file.path, encoders: file.encoders.compactMap(\.value.text))
        }
        try checkDollars(file, datasets)
        let prices = try PriceAxis(file)
        var blobs = BlobCollector()
        var warnings: [String] = []
        let file = try withFiles(of: file, datasets, blobs: &blobs)
        let tables = try tables(of: file, datasets, prices: prices, blobs: &blobs, warnings: &warnings)
        try prices.check(tables)
        let axes = GridAxes(
            tables: tables,
            encoders: file.encoders.map(\.value),
            splits: file.splits.map(\.value),
            modalities: file.modalities.map(\.value),
            fusions: try file.fusions.mapThrowing { fusion throws(RouteGridError) in
                let revision = try FusionCatalog.descriptor(of: fusion.value.kind).revision
                return GridFusion(configuration: fusion.value, revision: revision)
            },
            seeds: file.seeds,
            labels: file.labels,
            parts: file.select == nil ? [.test] : [.dev, .test],
            budgets: file.budgets.map {
                GridBudget(
                    rule: $0.rule,
                    revision: $0.rule.descriptor.revision,
                    isRawPenalty: $0.isRawPenalty,
                    budget: $0.budget
                )
            },
            priceCount: prices.sheets.count
        )
        let blocks = try file.routers.mapThrowing { entry throws(RouteGridError) in try block(entry, axes: axes) }
        let checks = GridChecks(file: file, datasets: datasets, axes: axes, blocks: blocks)
        try checks.checkSizes()
        let contents = GridLockContents(
            name: file.name,
            mode: file.mode,
            numerics: numerics.text(of: file.numerics),
            axes: axes,
            blocks: blocks,
            exclude: file.exclude.map(\.value),
            select: file.select?.value,
            statistics: file.statistics,
            latency: file.latency,
            limits: file.limits,
            resources: file.resources,
            priority: file.priority,
            metricsRevision: CurveMetric.revision,
            minCoverage: file.minCoverage,
            blobs: blobs.list
        )
        let lock = try GridLock(contents)
        // Counted first: what is too large takes too long to be checked one by one.
        try checkCount(lock, file: file)
        try checks.run()
        if file.latency != nil {
            let kinds = Set(blocks.map(\.kind)).intersection(RouterCatalog.lookedUp).sorted()
            warnings += kinds.map { "latency: \($0) is not measured, since its choices are looked up" }
        }
        return ResolvedGrid(lock: lock, blobs: blobs.sources, warnings: warnings)
    }

    private static func tables(
        of file: GridFile,
        _ datasets: [LoadedDataset],
        prices: PriceAxis,
        blobs: inout BlobCollector,
        warnings: inout [String]
    ) throws(RouteGridError) -> [GridTable] {
        var tables: [GridTable] = []
        var outcomes = 0
        // The pools of a dataset have models in common: what is said of one need not be said of all.
        var warned: Set<[String]> = []
        for loaded in datasets {
            let samples = blobs.add(loaded.dataset.samples.map(\.sample))
            var (text, image): ([String: Digest], [String: Digest]) = ([:], [:])
            for pair in file.encoders.map(\.value) {
                if let name = pair.text, let matrix = loaded.dataset.text[name] { text[name] = blobs.add(matrix) }
                if let name = pair.image, let matrix = loaded.dataset.image[name] { image[name] = blobs.add(matrix) }
            }
            let twins = twins(of: loaded, file.splits.map(\.value))
            let known = CostAudit(of: loaded.dataset)
            for pool in file.pools {
                let pools = try loaded.pools(pool)
                let cells = pools.reduce(0) { $0 + $1.models.count } * prices.sheets.count
                outcomes += cells * loaded.dataset.samples.count
                guard outcomes <= GridRanges.outcomes else {
                    throw .badInput(
                        pool.place,
                        "the pools of dataset \(loaded.name) and those before it have more than \(GridRanges.outcomes) "
                            + "outcomes together; list fewer pools"
                    )
                }
                for (label, models) in pools {
                    let data = try loaded.dataset.keeping(models: models)
                    let quality = blobs.add(data.quality)
                    let about = "dataset \(loaded.name)\(label == "all" ? "" : " (pool \(label))")"
                    let audit = known.keeping(models: models)
                    for sheet in prices.sheets {
                        let priced = try sheet.mapThrowing { sheet throws(RouteGridError) in
                            try sheet.cost(of: data, name: loaded.name, folder: loaded.folder, blobs: &blobs)
                        }
                        let said = (priced?.warnings ?? []) + audit.warnings(isRecorded: sheet == nil)
                        if !said.isEmpty,
                            warned.insert([loaded.name, sheet?.label ?? ""]).inserted
                        {
                            let lines = said.map { "\(about): \($0)" }
                            warnings += lines.filter { !warnings.contains($0) }
                        }
                        guard let cost = priced?.cost ?? data.cost.map({ .tensor(blobs.add($0)) }) else {
                            throw .badInput(
                                loaded.place,
                                "dataset \(loaded.name) has token counts and no costs: expected prices: {sheet: FILE} in "
                                    + "the grid, which makes costs of them"
                            )
                        }
                        tables.append(
                            GridTable(
                                dataset: loaded.name,
                                pool: label,
                                costUnit: sheet == nil ? data.costUnit ?? "USD" : "USD",
                                sampleCount: data.samples.count,
                                samples: samples,
                                models: data.models,
                                quality: quality,
                                cost: cost,
                                prices: sheet?.label,
                                text: text,
                                image: image,
                                condition: loaded.condition,
                                twins: twins,
                                facts: DataFact.allCases.filter(
                                    ((priced?.facts ?? []) + audit.facts(isRecorded: sheet == nil)).contains
                                )
                            )
                        )
                    }
                }
            }
        }
        return tables
    }

    /// By split; a split that is none of the dataset has none.
    private static func twins(of loaded: LoadedDataset, _ splits: [Split]) -> [Int]? {
        let rows = TwinRows(loaded.dataset)
        guard !rows.isEmpty else { return nil }
        let samples = loaded.dataset.samples.map(\.sample)
        // Of very many splits every so many-th is looked at, and stands for those behind it.
        let stride = 1 + samples.count * splits.count / GridRanges.checkedRows
        var counts: [Int] = []
        for (place, split) in splits.enumerated() {
            if place % stride == 0 {
                counts.append((try? split.parts(of: samples)).map { rows.count(under: split, parts: $0) } ?? 0)
            } else {
                counts.append(counts[place - 1])
            }
        }
        return counts.contains { $0 > 0 } ? counts : nil
    }

    private static func block(_ entry: GridFile.RouterEntry, axes: GridAxes) throws(RouteGridError) -> GridBlock {
        let descriptor = try RouterCatalog.descriptor(of: entry.kind, place: entry.place)
        let budgets = axes.budgets.indices.filter { descriptor.rules.contains(axes.budgets[$0].rule) }
        guard !budgets.isEmpty else {
            let rules = Set(axes.budgets.map(\.rule.rawValue)).sorted().joined(separator: ", ")
            throw .badInput(entry.place, "router \(entry.kind) has no operating point under rule \(rules)")
        }
        let tables = axes.tables.indices.filter { entry.datasets?.contains(axes.tables[$0].dataset) ?? true }
        return GridBlock(
            kind: entry.kind,
            revision: descriptor.revision,
            reads: descriptor.reads,
            parameters: entry.parameters,
            tables: tables,
            budgets: budgets
        )
    }

    private static func checkDollars(_ file: GridFile, _ datasets: [LoadedDataset]) throws(RouteGridError) {
        guard file.prices.contains(where: { $0.value == nil }), let budget = file.budgets.first(where: \.isDollars)
        else { return }
        for loaded in datasets {
            guard let unit = loaded.dataset.costUnit, unit != "USD" else { continue }
            throw .badInput(
                budget.place,
                "a budget in $ needs costs in USD, dataset \(loaded.name) costs \(unit)"
            )
        }
    }

    private static func checkCount(_ lock: GridLock, file: GridFile) throws(RouteGridError) {
        let active = lock.firstStageCount
        guard lock.evaluationCellCount > lock.excludedEvaluationCount else {
            throw .badInput(file.path, "the grid has 0 cells: exclude leaves out all \(lock.evaluationCellCount)")
        }
        guard active <= file.limits.cells else {
            throw .badInput(
                file.path,
                "the grid has \(active) cells, more than limits.cells = \(file.limits.cells); raise it if that is meant"
            )
        }
    }
}
