import Catalog
import RouteGridBase
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
        // One word a value, in time that grows with the sum of the lists and not with their product.
        func words<Value: Hashable>(of values: [Value], _ field: (ExcludeClause) -> [Value]?) -> [UInt64] {
            guard !clauses.isEmpty else { return Array(repeating: 0, count: values.count) }
            var (any, named): (UInt64, [Value: UInt64]) = (0, [:])
            for (index, clause) in clauses.enumerated() {
                guard let list = field(clause) else {
                    any |= 1 << UInt64(index)
                    continue
                }
                for value in list { named[value, default: 0] |= 1 << UInt64(index) }
            }
            return values.map { any | named[$0, default: 0] }
        }
        func both(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] { zip(left, right).map { $0 & $1 } }
        let embeddings = block.reads.contains(.embeddings)
        base = mask { clause in
            let kinds = clause.router.map { $0.kind == block.kind } ?? true
            let seeds = clause.seeds == nil || block.reads.contains(.seed)
            let features = (clause.encoders == nil && clause.modalities == nil && clause.fusions == nil) || embeddings
            return kinds && seeds && features
        }
        tables = both(words(of: axes.tables.map(\.dataset), \.datasets), words(of: axes.tables.map(\.pool), \.models))
        encoders = words(of: axes.encoders, \.encoders)
        splits = both(
            words(of: axes.splits.map(\.kind.name), \.splits),
            words(of: axes.splits.map(\.index), \.splitIndices)
        )
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
        fusions = words(of: axes.fusions.map(\.configuration.kind), \.fusions)
        parameters = block.parameters.map { parameter in
            words(of: parameter.values) { $0.router?.parameters[parameter.name] }
        }
        seeds = clauses.isEmpty ? [] : words(of: axes.seeds, \.seeds)
        budgets = words(of: block.budgets.map { axes.budgets[$0].budget }, \.budgets)
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

    /// Steps that counting may take: sets of clauses grow with the ways in which clauses overlap.
    private static let countingSteps = 4_000_000

    /// How many cells are excluded, without visiting them: the digits are folded one by one, by the set of clauses that
    /// still match; nil when these sets are too many.
    func excludedCount(_ layout: BlockLayout, axes: GridAxes) -> Int? {
        guard base != 0 else { return 0 }
        let block = layout.block
        var outer: [UInt64: Int] = [base: layout.partCount]
        var steps = 0
        func fold(_ counts: [UInt64: Int], _ words: some Sequence<UInt64>) -> [UInt64: Int] {
            var values: [UInt64: Int] = [:]
            for word in words { values[word, default: 0] += 1 }
            var folded: [UInt64: Int] = [:]
            steps += counts.count * values.count
            guard steps <= Self.countingSteps else { return [:] }
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
        return steps <= Self.countingSteps ? excluded : nil
    }
}
