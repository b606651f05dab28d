import Catalog
import RouteGridBase

/// The latency jobs of a grid: cells after all others, so that they are handed out last.
///
/// Each block but the oracle, which reads outcomes, and those whose choices are looked up comes a second time, with the
/// batch sizes in place of budgets, on the first split, the first seed and the first λ: what a router takes does not
/// hang on them.
extension GridLock {
    /// The groups that fit and evaluate; those after them measure latency.
    package var evaluationGroups: Range<Int> { 0..<layouts[contents.blocks.count - 1].groupEnd }
    /// The cells that evaluate, excluded ones counted.
    package var evaluationCellCount: Int { layouts[contents.blocks.count - 1].cellEnd.rawValue }
    /// Those of them that an `exclude` entry leaves out.
    package var excludedEvaluationCount: Int { excludedCounts.prefix(contents.blocks.count).reduce(0, +) }
    /// The measurements that a run makes.
    package var latencyCellCount: Int { activeCellCount - evaluationCellCount + excludedEvaluationCount }

    /// The blocks as they are measured.
    static func latencyBlocks(_ contents: GridLockContents) -> [GridBlock] {
        guard let latency = contents.latency else { return [] }
        return contents.blocks.filter { isMeasured($0.kind) }.map { block in
            var block = block
            block.budgets = Array(latency.batches.indices)
            return block
        }
    }

    private static func isMeasured(_ kind: String) -> Bool {
        !RouterCatalog.bounds.contains(kind) && !RouterCatalog.lookedUp.contains(kind)
    }

    /// The axes of the measured blocks: as many budgets as batch sizes, whose values nobody reads.
    static func latencyAxes(_ contents: GridLockContents) -> GridAxes {
        var axes = contents.axes
        axes.splits = Array(axes.splits.prefix(1))
        axes.seeds = Array(axes.seeds.prefix(1))
        axes.labels = Array(axes.labels.prefix(1))
        axes.parts = [.test]
        axes.budgets = (contents.latency?.batches ?? []).map { _ in
            GridBudget(rule: .threshold, revision: 0, budget: .exact)
        }
        return axes
    }

    /// The jobs of a group of measurements, in cell order.
    func latencyJobs(
        _ values: BlockLayout.Coordinates,
        layout: BlockLayout,
        firstCell: CellID,
        fitKey: FitKey,
        excludes: (_ test: Int) -> Bool
    ) -> [KeyedJob] {
        guard let latency = contents.latency else { return [] }
        let table = contents.axes.tables[values.table]
        var cell = firstCell
        var jobs: [KeyedJob] = []
        for (index, test) in layout.variants[values.variant].tests.enumerated() {
            for batch in latency.batches {
                defer { cell = cell.next }
                if excludes(index) { continue }
                let job = LatencyIdentity(
                    fit: fitKey,
                    testModality: test,
                    data: table.identity(
                        encoder: values.encoder.map { contents.axes.encoders[$0] },
                        modality: test,
                        withCost: false
                    ),
                    cost: table.cost,
                    settings: latency,
                    batch: batch,
                    occasion: occasion
                )
                let bytes = job.json.canonicalBytes()
                jobs.append(KeyedJob(cell: cell, jobKey: JobKey(hashing: bytes), evalBytes: bytes))
            }
        }
        return jobs
    }
}
