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
    /// The nearest k, rows ascending, after `choose`.
    private(set) var chosen: [Int32] = []
    /// The candidates by distance, after `measure`.
    private(set) var neighbours: [NeighbourSearch.Neighbour] = []

    /// Makes room for `capacity` rows screened for `wanted` neighbours.
    init(wanted: Int, capacity: Int) {
        self.wanted = wanted
        scores = [Float](repeating: 0, count: capacity)
        rows = [Int32](repeating: 0, count: capacity)
        work = [Float](repeating: 0, count: capacity)
        chosen.reserveCapacity(wanted)
        neighbours.reserveCapacity(4 * wanted)
    }

    /// Keeps every row whose score is at least the k-th greatest less `slack`.
    ///
    /// A running bound prunes: whenever four times k rows are kept, the bound rises to the k-th greatest among them.
    mutating func screen(_ line: UnsafeBufferPointer<Float>, slack: Float) {
        kept = 0
        var bound = -Float.infinity
        var limit = max(4 * wanted, 64)
        var row = 0
        while row < line.count {
            scores.withUnsafeMutableBufferPointer { scores in
                rows.withUnsafeMutableBufferPointer { rows in
                    while row < line.count, kept < limit {
                        let score = line[row]
                        if score >= bound {
                            scores[kept] = score
                            rows[kept] = Int32(truncatingIfNeeded: row)
                            kept += 1
                        }
                        row += 1
                    }
                }
            }
            bound = tightened(slack)
            limit = max(limit, 2 * kept)
        }
    }

    /// Drops what lies below the k-th greatest kept score less `slack`, and returns that bound.
    private mutating func tightened(_ slack: Float) -> Float {
        guard kept > wanted else {
            border = -.infinity
            return -.infinity
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
        return bound
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
