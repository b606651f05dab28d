import Catalog
import RouteGridBase

/// The arithmetic of one block: which cells and groups it has, and which axis values a group stands for.
///
/// Slowest first: tables, encoders, splits, modality (train), fusion, parameters, seeds, λ | modality (test), part,
/// budget. Prices belong to the tables, but where fits do not depend on them they are the fastest digit of a group, so
/// that all cells of one fit are neighbours. A chunk is one (table, encoder, split). Within it the modality variants
/// need not be of equal size, because a router that trains on one modality reads no fusion and may be tested with fewer
/// modalities than another.
struct BlockLayout: Sendable {
    /// A train modality with the test modalities that share its fits.
    struct Variant: Hashable, Sendable {
        var train: Modality?
        var tests: [Modality?]
        var readsFusion: Bool
        var fusionCount: Int
        /// First group and first cell within a chunk.
        var firstGroup = 0
        var firstCell = 0
        /// Groups a chunk, cells a group.
        var groupCount = 0
        var groupSize = 0
    }

    /// The axis values of one group.
    struct Coordinates: Sendable {
        var table: Int
        var encoder: Int?
        var split: Int
        var variant: Int
        var fusion: Int?
        /// The value number of each parameter.
        var parameters: [Int]
        var seed: Int?
        var label: Int?
    }

    let block: GridBlock
    let firstCell: CellID
    let firstGroup: Int
    let cellCount: Int
    let groupCount: Int
    /// The first cell and the first group after it.
    var cellEnd: CellID { firstCell.advanced(by: cellCount) }
    var groupEnd: Int { firstGroup + groupCount }
    let variants: [Variant]
    let partCount: Int
    private let encoderCount: Int
    private let splitCount: Int
    private let seedCount: Int
    private let readsLabels: Bool
    let labelCount: Int
    /// Neighbouring groups that share their fit and differ in prices; 1 where fits depend on prices.
    private let sharingCount: Int
    private let chunkCells: Int
    private let chunkGroups: Int

    /// - Returns: nil when the block has more cells than a 62-bit number holds.
    init?(_ block: GridBlock, axes: GridAxes, firstCell: CellID, firstGroup: Int) {
        self.block = block
        self.firstCell = firstCell
        self.firstGroup = firstGroup
        let reads = block.reads
        encoderCount = reads.contains(.embeddings) ? axes.encoders.count : 1
        splitCount = axes.splits.count
        seedCount = reads.contains(.seed) ? axes.seeds.count : 1
        readsLabels = reads.contains(.labels) && !axes.labels.isEmpty
        labelCount = readsLabels ? axes.labels.count : 1
        partCount = axes.parts.count
        sharingCount = reads.contains(.trainCost) ? 1 : axes.priceCount

        var size = CheckedProduct()
        let inner = size.of(block.parameters.map(\.values.count) + [seedCount, labelCount, sharingCount])
        var variants = Self.variants(of: block, axes: axes)
        var (groups, cells) = (0, 0)
        for index in variants.indices {
            variants[index].firstGroup = groups
            variants[index].firstCell = cells
            variants[index].groupCount = size.of([variants[index].fusionCount, inner])
            variants[index].groupSize = size.of([variants[index].tests.count, partCount, block.budgets.count])
            groups = size.sum(groups, variants[index].groupCount)
            cells = size.sum(cells, size.of([variants[index].groupCount, variants[index].groupSize]))
        }
        self.variants = variants
        (chunkGroups, chunkCells) = (groups, cells)
        let chunks = size.of([block.tables.count / sharingCount, encoderCount, splitCount])
        groupCount = size.of([chunks, groups])
        cellCount = size.of([chunks, cells])
        guard !size.overflowed else { return nil }
    }

    /// The variants in the order of the modality axis.
    ///
    /// A fit reads the fusion when it is trained or asked with both modalities, so (text, text) and (text, both) are
    /// two fits: a key depends on its cell and never on the cells around it.
    private static func variants(of block: GridBlock, axes: GridAxes) -> [Variant] {
        guard block.reads.contains(.embeddings) else {
            return [Variant(train: nil, tests: [nil], readsFusion: false, fusionCount: 1)]
        }
        var variants: [Variant] = []
        for pair in axes.modalities {
            let readsFusion =
                !block.reads.contains(.separateModalities) && (pair.train == .both || pair.test == .both)
            let known = variants.firstIndex { $0.train == pair.train && $0.readsFusion == readsFusion }
            if let known {
                if !variants[known].tests.contains(pair.test) { variants[known].tests.append(pair.test) }
            } else {
                let fusionCount = readsFusion ? axes.fusions.count : 1
                variants.append(
                    Variant(train: pair.train, tests: [pair.test], readsFusion: readsFusion, fusionCount: fusionCount)
                )
            }
        }
        return variants
    }

    /// A number that groups share which differ in seed and λ alone.
    func withoutRepetition(group: Int) -> Int {
        let (fit, price) = group.quotientAndRemainder(dividingBy: sharingCount)
        return fit / (seedCount * labelCount) * sharingCount + price
    }

    /// The group of a cell, both counted from the block's first.
    func group(ofCell cell: Int) -> Int {
        let (chunk, rest) = cell.quotientAndRemainder(dividingBy: chunkCells)
        let variant = variants[variants.lastIndex { $0.firstCell <= rest } ?? 0]
        return chunk * chunkGroups + variant.firstGroup + (rest - variant.firstCell) / variant.groupSize
    }

    /// The cells of a group, both counted from the block's first.
    func cells(ofGroup group: Int) -> Range<Int> {
        let (chunk, rest) = group.quotientAndRemainder(dividingBy: chunkGroups)
        let variant = variants[variants.lastIndex { $0.firstGroup <= rest } ?? 0]
        let first = chunk * chunkCells + variant.firstCell + (rest - variant.firstGroup) * variant.groupSize
        return first..<first + variant.groupSize
    }

    /// The axis values of a group, counted from the block's first.
    func coordinates(ofGroup group: Int) -> Coordinates {
        var (chunk, rest) = group.quotientAndRemainder(dividingBy: chunkGroups)
        let variant = variants.lastIndex { $0.firstGroup <= rest } ?? 0
        rest -= variants[variant].firstGroup
        func take(_ value: inout Int, _ radix: Int) -> Int {
            let (quotient, digit) = value.quotientAndRemainder(dividingBy: radix)
            value = quotient
            return digit
        }
        let price = take(&rest, sharingCount)
        let label = take(&rest, labelCount)
        let seed = take(&rest, seedCount)
        var parameters = [Int](repeating: 0, count: block.parameters.count)
        for index in parameters.indices.reversed() {
            parameters[index] = take(&rest, block.parameters[index].values.count)
        }
        let split = take(&chunk, splitCount)
        let encoder = take(&chunk, encoderCount)
        return Coordinates(
            table: block.tables[chunk * sharingCount + price],
            encoder: block.reads.contains(.embeddings) ? encoder : nil,
            split: split,
            variant: variant,
            fusion: variants[variant].readsFusion ? rest : nil,
            parameters: parameters,
            seed: block.reads.contains(.seed) ? seed : nil,
            label: readsLabels ? label : nil
        )
    }
}

/// Sums and products of counts that remember whether one was too large.
struct CheckedProduct {
    private(set) var overflowed = false
    private static let limit = 1 << 62

    mutating func of(_ factors: [Int]) -> Int {
        var result = 1
        for factor in factors {
            let (product, overflow) = result.multipliedReportingOverflow(by: factor)
            if overflow || product > Self.limit { overflowed = true }
            result = overflow ? 0 : product
        }
        return result
    }

    mutating func sum(_ left: Int, _ right: Int) -> Int {
        let (result, overflow) = left.addingReportingOverflow(right)
        if overflow || result > Self.limit { overflowed = true }
        return overflow ? 0 : result
    }
}
