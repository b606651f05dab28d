import Catalog
import RouteGridBase

/// Train and test modality; nil where the router reads no embedding.
struct ModalityCode: Hashable, Sendable {
    var train: Modality?
    var test: Modality?
}

/// The configurations of which one is chosen, with what is known of each.
struct SelectionContest: Sendable {
    struct Configuration: Hashable, Sendable {
        /// A number for the kind with all parameters.
        var router: Int
        var modality: ModalityCode
        var encoder: Int?
        var fusion: Int?
    }

    /// What a cell is to the contest.
    enum Cell {
        case test
        /// A dev cell that counts, with what its record says; nil = no record.
        case judging(MetricReading?)
        /// A dev cell that does not count.
        case other
    }

    /// A dataset under one split, and a budget there.
    struct Condition: Hashable, Comparable, Sendable {
        var place: Int
        var budget: Int

        static func < (left: Condition, right: Condition) -> Bool {
            (left.place, left.budget) < (right.place, right.budget)
        }
    }

    private struct Entry: Sendable {
        let group: Int
        let cell: CellID
        /// Sum and number of the values (seeds, λ) on each condition that judges.
        var values: [Condition: (sum: Double, count: Int)] = [:]
        var unread = 0
        var why: String?
        var tests: [FrozenSelection.CellRun] = []

        /// The mean over places of the means over their budgets of the means over seeds: as rows of a board are made,
        /// so that a split of which `exclude` left fewer seeds counts as much as the others.
        var mean: Double? {
            guard unread == 0, why == nil, !values.isEmpty else { return nil }
            var places: [(place: Int, sum: Double, count: Int)] = []
            for (condition, value) in values.sorted(by: { $0.key < $1.key }) {
                let mean = value.sum / Double(value.count)
                if let last = places.last, last.place == condition.place {
                    places[places.count - 1] = (last.place, last.sum + mean, last.count + 1)
                } else {
                    places.append((condition.place, mean, 1))
                }
            }
            return places.reduce(0) { $0 + $1.sum / Double($1.count) } / Double(places.count)
        }
    }

    private var numbers: [Configuration: Int] = [:]
    private var entries: [Entry] = []

    mutating func add(_ cell: CellID, of configuration: Configuration, group: Int, condition: Condition, reading: Cell)
    {
        let number = numbers[configuration] ?? entries.count
        if number == entries.count {
            numbers[configuration] = number
            entries.append(Entry(group: group, cell: cell))
        }
        if case .judging = reading, entries[number].values[condition] == nil {
            entries[number].values[condition] = (0, 0)
        }
        switch reading {
        case .test:
            if let last = entries[number].tests.last, last.cells.upperBound == cell {
                entries[number].tests[entries[number].tests.count - 1].count += 1
            } else {
                entries[number].tests.append(FrozenSelection.CellRun(first: cell, count: 1))
            }
        case .judging(.value(let value)?):
            entries[number].values[condition, default: (0, 0)].sum += value
            entries[number].values[condition, default: (0, 0)].count += 1
        case .judging(.absent(let why)?): entries[number].why = entries[number].why ?? why
        case .judging(nil): entries[number].unread += 1
        case .other: break
        }
    }

    var testCellCounts: [Int] { entries.map { $0.tests.reduce(0) { $0 + $1.count } } }

    func choice(_ metric: MetricDescriptor, fields: [SelectionField], lock: GridLock) -> FrozenSelection.Choice {
        let conditions = entries.reduce(into: Set<Condition>()) { $0.formUnion($1.values.keys) }
        let ranked = entries.indices.map { index in (index: index, mean: mean(index, conditions)) }.sorted { a, b in
            switch (a.mean, b.mean) {
            case (let x?, let y?) where x != y: metric.isLargerBetter ? x > y : x < y
            case (.some, nil): true
            case (nil, .some): false
            default: a.index < b.index
            }
        }
        let competing = ranked.count { $0.mean != nil }
        let winner = ranked.first { $0.mean != nil }
        return FrozenSelection.Choice(
            per: lock.selectionLabel(ofCell: entries[0].cell, group: entries[0].group, fields: fields),
            configurations: entries.count,
            competing: competing,
            unreadDevCells: entries.reduce(0) { $0 + $1.unread },
            candidates: ranked.prefix(FrozenSelection.listedCandidates).map { candidate in
                let entry = entries[candidate.index]
                return FrozenSelection.Candidate(
                    configuration: lock.configurationLabel(ofCell: entry.cell, group: entry.group),
                    dev: candidate.mean,
                    why: candidate.mean == nil ? why(entry, conditions) : nil
                )
            },
            cells: winner.map { entries[$0.index].tests } ?? [],
            why: winner == nil ? why(entries[0], conditions) : nil
        )
    }

    private func mean(_ index: Int, _ conditions: Set<Condition>) -> Double? {
        entries[index].values.count == conditions.count ? entries[index].mean : nil
    }

    /// Why a configuration does not compete.
    private func why(_ entry: Entry, _ conditions: Set<Condition>) -> String {
        if entry.unread > 0 { return "\(entry.unread) of its dev cells have no record" }
        if let why = entry.why { return "no dev value: \(why)" }
        if entry.values.isEmpty { return "the grid has no dev cell of it that counts" }
        let excluded = conditions.count - entry.values.count
        return "not judged on \(excluded) of \(conditions.count) combinations of dataset, split and budget"
    }
}
