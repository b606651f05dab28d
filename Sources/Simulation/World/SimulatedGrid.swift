import Coordinator
import RouteGridBase

/// A grid of groups of various sizes.
///
/// The key of cell `n` is `firstKey + n`: two grids whose ranges of keys overlap share records.
struct SimulatedGrid: CellSpace {
    /// Where each group begins, and the end of the last.
    let borders: [Int]
    let excluded: Set<Int>
    let firstKey: Int

    init(cells: Int, largestGroup: Int, excludes: Bool, firstKey: Int, using random: inout Xoshiro256) {
        var borders = [0]
        while let last = borders.last, last < cells {
            borders.append(min(cells, last + 1 + random.below(largestGroup)))
        }
        self.borders = borders
        excluded = excludes ? Set((0..<cells / 8).map { _ in random.below(cells) }) : []
        self.firstKey = firstKey
    }

    var groupCount: Int { borders.count - 1 }
    var cellCount: Int { borders[borders.count - 1] }
    var excludedCount: Int { excluded.count }

    func cells(ofGroup group: Int) -> Range<Int> { borders[group]..<borders[group + 1] }

    func group(ofCell cell: Int) -> Int {
        var (low, high) = (0, groupCount)
        while high - low > 1 {
            let middle = (low + high) / 2
            if borders[middle] <= cell { low = middle } else { high = middle }
        }
        return low
    }

    /// The cells that are to be recorded.
    var wanted: [Int] { (0..<cellCount).filter { !excluded.contains($0) } }

    func key(ofCell cell: Int) -> Int { firstKey + cell }
}
