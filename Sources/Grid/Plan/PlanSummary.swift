import Catalog
package import RouteGridBase

/// What running a grid would take: `routegrid plan`.
package struct PlanSummary: Hashable, Sendable {
    /// One `routers` or `include` entry.
    package struct Block: Hashable, Sendable {
        /// Such as `knn {k: 5, 10, 50}`: the parameters with more than one value.
        package var router: String
        package var cells: Int
        package var excluded: Int
        package var groups: Int
    }

    package var blocks: [Block]
    /// Cell numbers of all blocks, and how many of them `exclude` leaves out.
    package var cells: Int
    package var excluded: Int
    package var groups: Int
    /// What follows once the dev cells are recorded; nil for a grid without `select`.
    package var secondStage: SecondStage?
    /// False when the numbers below are estimated from every so-many-th group.
    package var isExact: Bool
    /// Different job keys of the cells that are not excluded; with `select`, of the dev cells.
    package var keys: Int
    /// Keys that have a record already.
    package var recorded: Int
    /// Keys without a record.
    package var new: Int
    /// Different fits with at least one new key.
    package var newFits: Int
    /// Those of them that train on cost: the ones that a change of prices repeats.
    package var newFitsOnCost: Int
    /// Different fits that train on cost, recorded or not.
    ///
    /// Other prices repeat them, and evaluate all ``keys``.
    package var fitsOnCost: Int
    /// Different fits, recorded or not.
    package var fits: Int
    /// Measurements of latency: every run makes all of them.
    package var latency: Int

    /// The test cells of a grid with `select`.
    package struct SecondStage: Hashable, Sendable {
        /// All that could be selected.
        package var cells: Int
        /// How many configurations are selected, and how many test cells they have at least and at most; nil above the
        /// limit.
        package var selected: Selected?

        package init(cells: Int, selected: Selected? = nil) { (self.cells, self.selected) = (cells, selected) }

        package struct Selected: Hashable, Sendable {
            package var configurations: Int
            package var leastCells: Int
            package var mostCells: Int

            package init(configurations: Int, leastCells: Int, mostCells: Int) {
                self.configurations = configurations
                self.leastCells = leastCells
                self.mostCells = mostCells
            }
        }
    }

    /// More cells than this are estimated.
    package static let exactLimit = 1_000_000

    /// Counts a grid.
    ///
    /// `recorded` says for each key whether it has a record. Exact up to `limit` cells; above that, groups at equal
    /// distances are counted and the result is scaled.
    /// - Complexity: O(min(cells, `limit`)) keys.
    package init<Failure: Error>(
        _ lock: GridLock,
        limit: Int = exactLimit,
        recorded isRecorded: ([JobKey]) throws(Failure) -> [Bool]
    ) throws(Failure) {
        blocks = lock.blockSummaries
        (cells, excluded) = (lock.evaluationCellCount, lock.excludedEvaluationCount)
        (groups, latency) = (lock.evaluationGroups.count, lock.latencyCellCount)
        let active = lock.judgedCellCount
        isExact = active <= limit
        let stride = isExact ? 1 : (active + limit - 1) / limit
        var counts = KeyCounts()
        var group = 0
        while group < groups {
            try counts.add(group, of: lock, isRecorded)
            group += stride
        }
        if isExact {
            for (block, count) in counts.groups { blocks[block].groups = count }
            groups = counts.groups.values.reduce(0, +)
        }
        let scale = isExact || counts.cells == 0 ? 1 : Double(active) / Double(counts.cells)
        func scaled(_ count: Int) -> Int { Int((Double(count) * scale).rounded()) }
        keys = scaled(counts.keys.count)
        recorded = scaled(counts.recorded)
        new = keys - recorded
        newFits = scaled(counts.newFits.count)
        newFitsOnCost = scaled(counts.newFitsOnCost)
        fits = scaled(counts.fits.count)
        fitsOnCost = scaled(counts.fitsOnCost)
        secondStage = lock.secondStage(counting: isExact)
    }

    /// Counts a grid of which nothing is recorded.
    package init(_ lock: GridLock, limit: Int = exactLimit) {
        self.init(lock, limit: limit) { (keys: [JobKey]) throws(Never) in keys.map { _ in false } }
    }
}

/// Keys seen so far, each once.
private struct KeyCounts {
    var cells = 0
    /// Groups with a cell that is not excluded, by block; 0 for a block without any.
    var groups: [Int: Int] = [:]
    var keys: Set<JobKey> = []
    var recorded = 0
    var fits: Set<FitKey> = []
    var fitsOnCost = 0
    var newFits: Set<FitKey> = []
    var newFitsOnCost = 0

    mutating func add<Failure: Error>(
        _ group: Int,
        of lock: GridLock,
        _ isRecorded: ([JobKey]) throws(Failure) -> [Bool]
    ) throws(Failure) {
        let fitKey = lock.fitKey(ofGroup: group)
        let all = lock.jobs(ofGroup: group, fitKey: fitKey)
        groups[lock.block(ofGroup: group), default: 0] += all.isEmpty ? 0 : 1
        let jobs = all.filter { !lock.isDeferred($0.cell) }
        cells += jobs.count
        let trainsOnCost = lock.trainsOnCost(group)
        if !jobs.isEmpty, fits.insert(fitKey).inserted, trainsOnCost { fitsOnCost += 1 }
        let fresh = jobs.map(\.jobKey).filter { keys.insert($0).inserted }
        let known = try isRecorded(fresh).count(where: \.self)
        recorded += known
        guard known < fresh.count, newFits.insert(fitKey).inserted else { return }
        if trainsOnCost { newFitsOnCost += 1 }
    }
}

extension GridLock {
    fileprivate func secondStage(counting: Bool) -> PlanSummary.SecondStage? {
        guard var tally = SelectionTally(self) else { return nil }
        var stage = PlanSummary.SecondStage(cells: deferredCount)
        if counting {
            for group in evaluationGroups { tally.add(group: group, readings: [:]) }
            let count = tally.testCells
            stage.selected = .init(configurations: count.choices, leastCells: count.least, mostCells: count.most)
        }
        return stage
    }

    /// The first and the last of many values, and how many there are.
    private static func shortened(_ values: [String]) -> String {
        guard values.count > 8 else { return values.joined(separator: ", ") }
        return "\(values.prefix(3).joined(separator: ", ")) … \(values[values.count - 1]) (\(values.count) values)"
    }

    /// The blocks in words and numbers.
    var blockSummaries: [PlanSummary.Block] {
        layouts.prefix(contents.blocks.count).enumerated().map { index, layout in
            let varied = layout.block.parameters.filter { $0.values.count > 1 }.map { parameter in
                "\(parameter.name): \(Self.shortened(parameter.values.map { $0.stringValue ?? $0.jsonText }))"
            }
            return PlanSummary.Block(
                router: layout.block.kind + (varied.isEmpty ? "" : " {\(varied.joined(separator: "; "))}"),
                cells: layout.cellCount,
                excluded: excludedCounts[index],
                groups: layout.groupCount
            )
        }
    }
}

extension PlanSummary {
    /// The document of `routegrid plan --output json`.
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "schema": "routegrid/plan/v1",
            "cells": JSONValue(cells), "excluded": JSONValue(excluded), "groups": JSONValue(groups),
            "exact": .bool(isExact), "keys": JSONValue(keys), "recorded": JSONValue(recorded), "new": JSONValue(new),
            "new_fits": JSONValue(newFits), "new_fits_on_cost": JSONValue(newFitsOnCost),
            "latency": JSONValue(latency), "other_prices": ["fits": JSONValue(fitsOnCost), "cells": JSONValue(keys)],
            "blocks": .array(
                blocks.map {
                    [
                        "router": .string($0.router), "cells": JSONValue($0.cells),
                        "excluded": JSONValue($0.excluded), "groups": JSONValue($0.groups),
                    ]
                }
            ),
        ]
        if let secondStage {
            var stage: [String: JSONValue] = ["cells": JSONValue(secondStage.cells)]
            if let selected = secondStage.selected {
                stage["configurations"] = JSONValue(selected.configurations)
                stage["least_cells"] = JSONValue(selected.leastCells)
                stage["most_cells"] = JSONValue(selected.mostCells)
            }
            members["select"] = .object(stage)
        }
        return .object(members)
    }
}
