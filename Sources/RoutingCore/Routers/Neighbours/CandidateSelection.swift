import CKernels

/// The rows that can be among the nearest k, found in one pass over screening scores.
///
/// One value serves many queries, so that nothing is allocated in between.
struct CandidateSelection {
    private let wanted: Int
    /// Scores of the rows kept so far and their numbers, rows ascending; the first `kept` entries count.
    private var scores: [Float]
    private var rows: [Int32]
    private var kept = 0
    private var work: [Float]
    /// The k-th greatest score of the last line.
    private var border: Float = 0
    private var keys: [UInt64] = []
    /// The nearest k: rows ascending after `choose`, nearest first after `rank`.
    private(set) var chosen: [Int32] = []
    /// The candidates by distance, after `measure`.
    private(set) var neighbours: [NeighbourSearch.Neighbour] = []

    /// Makes room for `capacity` rows screened for `wanted` neighbours.
    init(wanted: Int, capacity: Int) {
        self.wanted = wanted
        scores = [Float](repeating: 0, count: capacity)
        rows = [Int32](repeating: 0, count: capacity)
        work = [Float](repeating: 0, count: capacity + 16)
        chosen.reserveCapacity(wanted)
        neighbours.reserveCapacity(4 * wanted)
    }

    /// Keeps every row whose score is at least the k-th greatest less `slack`.
    ///
    /// The k-th greatest of the maxima of groups is a first bound: k rows reach it, and few more when there are some
    /// groups more than k. `tightens` then drops these few, and finds the k-th greatest, which `choose` needs.
    mutating func screen(_ line: UnsafeBufferPointer<Float>, slack: Float, tightens: Bool = true) {
        guard let start = line.baseAddress else { return }
        let groups = 16 * ((11 * wanted / 4 + 15) / 16)
        let found = ck_group_maxima(start, line.count, max(1, line.count / groups), &work)
        let bound = work.withUnsafeMutableBufferPointer { work in
            found > wanted && line.count > wanted ? greatest(wanted, of: work, count: found) - slack : -.infinity
        }
        kept = ck_keep(start, line.count, bound, &scores, &rows)
        if tightens { tighten(slack) }
    }

    /// Drops what lies below the k-th greatest kept score less `slack`.
    private mutating func tighten(_ slack: Float) {
        guard kept > wanted else {
            border = -.infinity
            return
        }
        work.withUnsafeMutableBufferPointer { work in
            for index in 0..<kept { work[index] = scores[index] }
            border = greatest(wanted, of: work, count: kept)
        }
        let bound = border - slack
        var next = 0
        for index in 0..<kept where scores[index] >= bound {
            scores[next] = scores[index]
            rows[next] = rows[index]
            next += 1
        }
        kept = next
    }

    /// Settles the order of the nearest k: rows whose scores differ by more than `slack` are in the order of these, others
    /// in that of their exact distances, the lower row on ties.
    mutating func rank(slack: Float, distance: (_ row: Int) -> Double) {
        keys.removeAll(keepingCapacity: true)
        for index in 0..<kept {
            let bits = scores[index].bitPattern
            let ascending = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
            keys.append(UInt64(~ascending) << 32 | UInt64(UInt32(bitPattern: rows[index])))
        }
        keys.sort()
        func score(_ place: Int) -> Float {
            let ascending = ~UInt32(truncatingIfNeeded: keys[place] >> 32)
            return Float(bitPattern: ascending >> 31 == 1 ? ascending & ~(1 << 31) : ~ascending)
        }
        chosen.removeAll(keepingCapacity: true)
        var place = 0
        while chosen.count < wanted, place < kept {
            var last = place
            while last + 1 < kept, score(last) - score(last + 1) <= slack { last += 1 }
            if last == place {
                chosen.append(Int32(truncatingIfNeeded: keys[place]))
            } else {
                neighbours.removeAll(keepingCapacity: true)
                for index in place...last {
                    let row = Int32(truncatingIfNeeded: keys[index])
                    neighbours.append(NeighbourSearch.Neighbour(row: row, distance: distance(Int(row))))
                }
                neighbours.sort { ($0.distance, $0.row) < ($1.distance, $1.row) }
                for neighbour in neighbours { chosen.append(neighbour.row) }
            }
            place = last + 1
        }
        if chosen.count > wanted { chosen.removeLast(chosen.count - wanted) }
    }

    /// Settles the nearest k: rows well above the border are in, those within `slack` of it compete by exact distance.
    mutating func choose(slack: Float, distance: (_ row: Int) -> Double) {
        chosen.removeAll(keepingCapacity: true)
        guard kept > wanted else {
            for index in 0..<kept { chosen.append(rows[index]) }
            return
        }
        neighbours.removeAll(keepingCapacity: true)
        for index in 0..<kept {
            if scores[index] > border + slack {
                chosen.append(rows[index])
            } else {
                neighbours.append(NeighbourSearch.Neighbour(row: rows[index], distance: distance(Int(rows[index]))))
            }
        }
        neighbours.sort { ($0.distance, $0.row) < ($1.distance, $1.row) }
        for neighbour in neighbours.prefix(wanted - chosen.count) { chosen.append(neighbour.row) }
        chosen.sort()
    }

    /// Measures every candidate and sorts: nearest first, the lower row on ties.
    mutating func measure(_ distance: (_ row: Int) -> Double) {
        neighbours.removeAll(keepingCapacity: true)
        for index in 0..<kept {
            neighbours.append(NeighbourSearch.Neighbour(row: rows[index], distance: distance(Int(rows[index]))))
        }
        neighbours.sort { ($0.distance, $0.row) < ($1.distance, $1.row) }
    }
}

/// The `place`-th greatest value (1 = greatest), by quickselect; reorders the buffer.
func greatest(_ place: Int, of values: UnsafeMutableBufferPointer<Float>, count: Int) -> Float {
    var (low, high) = (0, count - 1)
    let target = place - 1
    while low < high {
        let pivot = values[(low + high) / 2]
        var (left, right) = (low, high)
        while left <= right {
            while values[left] > pivot { left += 1 }
            while values[right] < pivot { right -= 1 }
            if left <= right {
                values.swapAt(left, right)
                left += 1
                right -= 1
            }
        }
        if target <= right {
            high = right
        } else if target >= left {
            low = left
        } else {
            break
        }
    }
    return values[target]
}
