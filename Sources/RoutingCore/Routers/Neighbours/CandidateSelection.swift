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
    /// How many kept rows score higher, for each of these.
    private var ranks: [Int32]
    /// Scores and rows from the greatest score on.
    private var ordered: (scores: [Float], rows: [Int32])
    private var keys: [UInt64] = []
    /// The nearest k: rows ascending after `choose`, nearest first after `rank`.
    private(set) var chosen: [Int32] = []
    /// The candidates by distance, after `measure`.
    private(set) var neighbours: [NeighbourSearch.Neighbour] = []

    /// Beyond so many rows, sorting takes fewer steps than comparing each with each.
    private static let fewRows = 1_024

    /// Makes room for `capacity` rows screened for `wanted` neighbours.
    init(wanted: Int, capacity: Int) {
        self.wanted = wanted
        let room = capacity + 16
        scores = [Float](repeating: 0, count: room)
        rows = [Int32](repeating: 0, count: room)
        work = [Float](repeating: 0, count: room)
        ranks = rows
        ordered = (scores, rows)
        chosen.reserveCapacity(wanted)
        neighbours.reserveCapacity(4 * wanted)
    }

    /// Keeps every row whose score is at least the k-th greatest less `slack`.
    ///
    /// A bound that k of the maxima of groups reach is a first one: k rows reach it, and few more when there are some
    /// groups more than k. `tightens` then drops these few, and finds the k-th greatest, which `choose` needs.
    mutating func screen(_ line: UnsafeBufferPointer<Float>, slack: Float, tightens: Bool = true) {
        guard let start = line.baseAddress else { return }
        let groups = 16 * ((11 * wanted / 4 + 15) / 16)
        let found = ck_group_maxima(start, line.count, max(1, line.count / groups), &work)
        let bound = found > wanted && line.count > wanted ? ck_bound(work, found, wanted) - slack : -.infinity
        kept = ck_keep(start, line.count, bound, &scores, &rows)
        if tightens { tighten(slack) }
    }

    /// Drops what lies below the k-th greatest kept score less `slack`.
    private mutating func tighten(_ slack: Float) {
        guard kept > wanted else {
            border = -.infinity
            return
        }
        order()
        border = ordered.scores[wanted - 1]
        let bound = border - slack
        var next = 0
        for index in 0..<kept where scores[index] >= bound {
            scores[next] = scores[index]
            rows[next] = rows[index]
            next += 1
        }
        kept = next
    }

    /// Fills `ordered`.
    private mutating func order() {
        if kept <= Self.fewRows {
            ck_rank(scores, kept, &ranks)
        } else {
            keys.removeAll(keepingCapacity: true)
            for index in 0..<kept {
                let bits = scores[index].bitPattern
                let ascending = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
                keys.append(UInt64(~ascending) << 32 | UInt64(index))
            }
            keys.sort()
            for (rank, key) in keys.enumerated() {
                ranks[Int(key & 0xFFFF_FFFF)] = Int32(truncatingIfNeeded: rank)
            }
        }
        for index in 0..<kept {
            let rank = Int(ranks[index])
            ordered.scores[rank] = scores[index]
            ordered.rows[rank] = rows[index]
        }
    }

    /// Settles the order of the nearest k: rows whose scores differ by more than `slack` are in the order of these,
    /// others in that of their exact distances, the lower row on ties.
    mutating func rank(slack: Float, distance: (_ row: Int) -> Double) {
        order()
        chosen.removeAll(keepingCapacity: true)
        var place = 0
        while chosen.count < wanted, place < kept {
            var last = place
            while last + 1 < kept, ordered.scores[last] - ordered.scores[last + 1] <= slack { last += 1 }
            if last == place {
                chosen.append(ordered.rows[place])
            } else {
                neighbours.removeAll(keepingCapacity: true)
                for row in ordered.rows[place...last] {
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
