import RouteGridBase
import RouterCatalog
import RoutingData

/// The clauses of a grid compiled for one block: one word of matching clauses for every value of every digit.
struct ExcludeMasks: Sendable {
    private var tables: [UInt64]
    private var encoders: [UInt64]
    private var splits: [UInt64]
    /// By variant, then by test modality.
    private var modalities: [[UInt64]]
    private var fusions: [UInt64]
    /// By parameter, then by value; the router's kind is part of `base`.
    private var parameters: [[UInt64]]
    private var seeds: [UInt64]
    private var budgets: [UInt64]
    /// Clauses that match the block at all, those with fields about axes that the router does not read left out.
    private let base: UInt64

    init(_ clauses: [ExcludeClause], layout: BlockLayout, axes: GridAxes) {
        let block = layout.block
        func mask(_ matches: (ExcludeClause) -> Bool) -> UInt64 {
            var word: UInt64 = 0
            for (index, clause) in clauses.enumerated() where matches(clause) { word |= 1 << UInt64(index) }
            return word
        }
        let embeddings = block.reads.contains(.embeddings)
        base = mask { clause in
            let kinds = clause.router.map { $0.kind == block.kind } ?? true
            let seeds = clause.seeds == nil || block.reads.contains(.seed)
            let features = (clause.encoders == nil && clause.modalities == nil && clause.fusions == nil) || embeddings
            return kinds && seeds && features
        }
        tables = axes.tables.map { table in
            mask { $0.datasets?.contains(table.dataset) ?? true && $0.models?.contains(table.pool) ?? true }
        }
        encoders = axes.encoders.map { pair in mask { $0.encoders?.contains(pair) ?? true } }
        splits = axes.splits.map { split in
            mask { $0.splits?.contains(split.kind.name) ?? true && $0.splitIndices?.contains(split.index) ?? true }
        }
        modalities = layout.variants.map { variant in
            variant.tests.map { test in
                mask { clause in
                    guard variant.readsFusion || clause.fusions == nil else { return false }
                    return clause.modalities?.contains { pattern in
                        (pattern.train == nil || pattern.train == variant.train)
                            && (pattern.test == nil || pattern.test == test)
                    } ?? true
                }
            }
        }
        fusions = axes.fusions.map { fusion in mask { $0.fusions?.contains(fusion.configuration.kind) ?? true } }
        parameters = block.parameters.map { parameter in
            parameter.values.map { value in
                mask { $0.router?.parameters[parameter.name]?.contains(value) ?? true }
            }
        }
        seeds = clauses.isEmpty ? [] : axes.seeds.map { seed in mask { $0.seeds?.contains(seed) ?? true } }
        budgets = block.budgets.map { index in
            let budget = axes.budgets[index].budget
            return mask { $0.budgets?.contains(budget) ?? true }
        }
    }

    /// The clauses that match every digit of a group; 0 = none of its cells is excluded.
    func matching(_ group: BlockLayout.Coordinates) -> UInt64 {
        guard base != 0 else { return 0 }
        var word = base & tables[group.table] & splits[group.split]
        if let encoder = group.encoder { word &= encoders[encoder] }
        if let fusion = group.fusion { word &= fusions[fusion] }
        if let seed = group.seed { word &= seeds[seed] }
        if word == 0 { return 0 }
        for (parameter, value) in group.parameters.enumerated() { word &= parameters[parameter][value] }
        return word
    }

    /// Whether a cell of a group with these matching clauses is excluded.
    func excludes(_ matching: UInt64, variant: Int, test: Int, budget: Int) -> Bool {
        matching & modalities[variant][test] & budgets[budget] != 0
    }

    /// How many cells are excluded, without visiting them: the digits are folded one by one, by the set of clauses that
    /// still match.
    func excludedCount(_ layout: BlockLayout, axes: GridAxes) -> Int {
        guard base != 0 else { return 0 }
        let block = layout.block
        var outer: [UInt64: Int] = [base: layout.partCount]
        func fold(_ counts: [UInt64: Int], _ words: some Sequence<UInt64>) -> [UInt64: Int] {
            var values: [UInt64: Int] = [:]
            for word in words { values[word, default: 0] += 1 }
            var folded: [UInt64: Int] = [:]
            for (left, leftCount) in counts where left != 0 {
                for (right, rightCount) in values where left & right != 0 {
                    folded[left & right, default: 0] += leftCount * rightCount
                }
            }
            return folded
        }
        outer = fold(outer, block.tables.map { tables[$0] })
        outer = fold(outer, splits)
        if block.reads.contains(.embeddings) { outer = fold(outer, encoders) }
        if block.reads.contains(.seed) { outer = fold(outer, seeds) }
        for words in parameters { outer = fold(outer, words) }
        outer = fold(outer, budgets)
        if layout.labelCount > 1 { outer = outer.mapValues { $0 * layout.labelCount } }
        var excluded = 0
        for (index, variant) in layout.variants.enumerated() {
            var counts = fold(outer, modalities[index])
            if variant.readsFusion { counts = fold(counts, fusions) }
            excluded += counts.values.reduce(0, +)
        }
        return excluded
    }
}
