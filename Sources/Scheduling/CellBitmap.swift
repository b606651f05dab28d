package import RouteGridBase

/// A set of cell numbers that costs nothing where no cell is set, and next to nothing where all are.
package struct CellBitmap: Sendable {
    /// Cells in one block: one row of the store's `done` table.
    package static let blockSize = 65_536
    private static let words = blockSize / 64

    private enum Block: Sendable {
        case full
        case partial(bits: [UInt64], count: Int)
    }

    private var blocks: [Int: Block] = [:]
    package private(set) var count = 0

    package init() {}

    package init(_ cells: some Sequence<CellID>) { for cell in cells { insert(cell) } }

    package func contains(_ cell: CellID) -> Bool {
        switch blocks[cell.rawValue / Self.blockSize] {
        case nil: return false
        case .full: return true
        case .partial(let bits, _):
            let bit = cell.rawValue % Self.blockSize
            return bits[bit / 64] >> UInt64(bit % 64) & 1 == 1
        }
    }

    /// Whether every cell of a range is in the set.
    package func contains(all range: Range<CellID>) -> Bool {
        var cell = range.lowerBound
        while cell < range.upperBound {
            if case .full = blocks[cell.rawValue / Self.blockSize] {
                cell = CellID((cell.rawValue / Self.blockSize + 1) * Self.blockSize)
            } else if contains(cell) {
                cell = cell.advanced(by: 1)
            } else {
                return false
            }
        }
        return true
    }

    /// Adds a cell; returns whether it was new.
    @discardableResult
    package mutating func insert(_ cell: CellID) -> Bool {
        let (number, bit) = cell.rawValue.quotientAndRemainder(dividingBy: Self.blockSize)
        var bits: [UInt64]
        var set: Int
        switch blocks.removeValue(forKey: number) {
        case nil: (bits, set) = (Array(repeating: 0, count: Self.words), 0)
        case .full:
            blocks[number] = .full
            return false
        case .partial(let known, let knownCount): (bits, set) = (known, knownCount)
        }
        let mask = UInt64(1) << UInt64(bit % 64)
        let isNew = bits[bit / 64] & mask == 0
        if isNew {
            bits[bit / 64] |= mask
            set += 1
            count += 1
        }
        blocks[number] = set == Self.blockSize ? .full : .partial(bits: bits, count: set)
        return isNew
    }

    /// Removes a cell; returns whether it was there.
    @discardableResult
    package mutating func remove(_ cell: CellID) -> Bool {
        guard contains(cell) else { return false }
        let (number, bit) = cell.rawValue.quotientAndRemainder(dividingBy: Self.blockSize)
        var bits = Array(repeating: UInt64.max, count: Self.words)
        var set = Self.blockSize
        if case .partial(let known, let knownCount) = blocks.removeValue(forKey: number) {
            (bits, set) = (known, knownCount)
        }
        bits[bit / 64] &= ~(1 << UInt64(bit % 64))
        blocks[number] = set > 1 ? .partial(bits: bits, count: set - 1) : nil
        count -= 1
        return true
    }

    /// The block's bits as 8,192 little-endian bytes: cell `n` is bit `n % 8` of byte `n / 8`.
    package func bytes(ofBlock number: Int) -> [UInt8] {
        switch blocks[number] {
        case nil: Array(repeating: 0, count: Self.blockSize / 8)
        case .full: Array(repeating: 0xFF, count: Self.blockSize / 8)
        case .partial(let bits, _):
            bits.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
        }
    }

    /// Takes a block over from its stored bytes; zeros at the end may be missing.
    package mutating func load(block number: Int, bytes: [UInt8]) {
        precondition(bytes.count <= Self.blockSize / 8, "a stored block of \(bytes.count) bytes")
        var bits = Array(repeating: UInt64(0), count: Self.words)
        for (index, byte) in bytes.enumerated() where byte != 0 {
            bits[index / 8] |= UInt64(byte) << UInt64(8 * (index % 8))
        }
        if case .partial(_, let old) = blocks[number] { count -= old }
        if case .full = blocks[number] { count -= Self.blockSize }
        let set = bits.reduce(0) { $0 + $1.nonzeroBitCount }
        count += set
        blocks[number] = set == 0 ? nil : set == Self.blockSize ? .full : .partial(bits: bits, count: set)
    }

    package var blockNumbers: [Int] { blocks.keys.sorted() }

    /// The largest cell of the set.
    package var last: CellID? {
        guard let number = blocks.keys.max(), let block = blocks[number] else { return nil }
        switch block {
        case .full: return CellID((number + 1) * Self.blockSize - 1)
        case .partial(let bits, _):
            return bits.lastIndex { $0 != 0 }.map { place in
                CellID(number * Self.blockSize + place * 64 + 63 - bits[place].leadingZeroBitCount)
            }
        }
    }
}
