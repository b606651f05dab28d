import Catalog
package import RoutingData
package import Scoring

/// The rule `threshold` over all budgets at once: a query may go to the models whose predicted cost of it is at most C,
/// and goes to the best predicted quality among them.
///
/// One sort of all (predicted cost, query, model) gives the order in which models become affordable as C rises; a walk
/// in that order updates only the query that changes. So every operating point of n queries and K models takes O(nK),
/// after a sort that is O(nK) too.
///
/// A NaN predicted cost is never affordable; a NaN predicted quality loses against every number.
package struct ThresholdSweep: Sendable {
    let items: Int
    let models: Int
    private let quality: [Double]
    private let order: TieOrder
    /// Predicted costs, ascending: the queries of equal costs in item order, their models in the order of preference.
    private let costs: [Double]
    /// `item << shift | model` of each of `costs`.
    private let cells: [UInt32]
    /// The bits of a model number.
    private let shift: UInt32
    /// What each item gets before any model is affordable.
    private let fallback: [Int32]
    /// The lowest predicted cost of each item that has one, ascending.
    private let lowestCosts: [Double]

    /// Sorts the predictions.
    ///
    /// - Parameters:
    ///   - quality: `[items, models]` predicted quality.
    ///   - cost: `[items, models]` predicted cost.
    ///   - order: who wins between equals.
    package init(quality: Matrix<Double>, cost: Matrix<Double>, order: TieOrder) {
        precondition(quality.rows == cost.rows && quality.columns == cost.columns, "predictions of two shapes")
        let shift = UInt32(max(quality.columns - 1, 1).bitWidth - max(quality.columns - 1, 1).leadingZeroBitCount)
        precondition(quality.rows << Int(shift) < Int(UInt32.max), "too many cells for one sweep")
        self.shift = shift
        items = quality.rows
        models = quality.columns
        self.quality = quality.elements.map { $0.isNaN ? -.infinity : $0 }
        self.order = order
        var numbers: [Double] = []
        var labels: [UInt32] = []
        numbers.reserveCapacity(cost.elements.count)
        labels.reserveCapacity(cost.elements.count)
        for item in 0..<items {
            for model in order.preference {
                let cell = item * models + model
                let value = cost.elements[cell]
                if value.isNaN { continue }
                numbers.append(value)
                labels.append(UInt32(truncatingIfNeeded: item << Int(shift) | model))
            }
        }
        (costs, cells) = CostOrder.sorted(numbers, labels: labels)
        // The first event of an item is its cheapest model, the preferred among equals.
        var fallback = [Int32](repeating: -1, count: items)
        var lowest: [Double] = []
        lowest.reserveCapacity(items)
        for (event, cell) in cells.enumerated() where fallback[Int(cell >> shift)] < 0 {
            fallback[Int(cell >> shift)] = Int32(cell & (1 << shift - 1))
            lowest.append(costs[event])
            if lowest.count == items { break }
        }
        lowestCosts = lowest
        let last = Int32(order.withoutPrediction)
        self.fallback = fallback.map { $0 < 0 || order.mode == .compat ? last : $0 }
    }

    /// Every distinct predicted cost, ascending: the thresholds of `curve(of:)`.
    package var thresholdCount: Int { costs.indices.count { $0 + 1 == costs.count || costs[$0] != costs[$0 + 1] } }

    /// How many items can afford no model at a threshold.
    package func unaffordableCount(at threshold: Double) -> Int {
        // Binary search for the first item whose cheapest model costs more.
        var (low, high) = (0, lowestCosts.count)
        while low < high {
            let middle = (low + high) / 2
            if lowestCosts[middle] <= threshold { low = middle + 1 } else { high = middle }
        }
        return items - low
    }

    /// The operating point at every distinct predicted cost.
    ///
    /// - Complexity: O(items · models).
    package func curve(of outcomes: ItemOutcomes) -> SweepCurve {
        precondition(outcomes.items == items && outcomes.models == models, "outcomes of another shape")
        var quality = CompensatedSum()
        var cost = CompensatedSum()
        for item in 0..<items {
            let cell = item * models + Int(fallback[item])
            quality.add(outcomes.quality.elements[cell])
            cost.add(outcomes.cost.elements[cell])
        }
        var curve = SweepCurve(capacity: costs.count)
        let count = Double(items)
        outcomes.quality.elements.withUnsafeBufferPointer { trueQuality in
            outcomes.cost.elements.withUnsafeBufferPointer { trueCost in
                walk(
                    to: .infinity,
                    change: { item, old, new in
                        let (from, to) = (item * models + old, item * models + new)
                        quality.add(trueQuality[to])
                        quality.add(-trueQuality[from])
                        cost.add(trueCost[to])
                        cost.add(-trueCost[from])
                    },
                    stop: { curve.append($0, cost: cost.value / count, accuracy: quality.value / count) }
                )
            }
        }
        return curve
    }

    /// The model that each item gets at some thresholds.
    ///
    /// - Parameter thresholds: in any order; infinity affords everything.
    /// - Returns: `[thresholds, items]` model numbers.
    /// - Complexity: O(items · (models + thresholds)), and a sort of the thresholds.
    package func choices(at thresholds: [Double]) -> Matrix<ModelNumber> {
        let ranked = thresholds.indices.sorted { (thresholds[$0], $0) < (thresholds[$1], $1) }
        var current = fallback.map { ModelNumber(truncatingIfNeeded: $0) }
        var result = [ModelNumber](repeating: 0, count: thresholds.count * items)
        var next = 0
        func store() {
            let start = ranked[next] * items
            result.withUnsafeMutableBufferPointer { result in
                current.withUnsafeBufferPointer { current in
                    let target = UnsafeMutableBufferPointer(rebasing: result[start..<start + items])
                    _ = target.update(from: current)
                }
            }
            next += 1
        }
        guard let highest = ranked.last.map({ thresholds[$0] }) else {
            return Matrix(rows: 0, columns: items, elements: [])
        }
        walk(
            to: highest,
            before: { cost in while next < ranked.count, thresholds[ranked[next]] < cost { store() } },
            change: { item, _, new in current[item] = ModelNumber(truncatingIfNeeded: new) },
            stop: { _ in }
        )
        while next < ranked.count { store() }
        return Matrix(rows: thresholds.count, columns: items, elements: result)
    }

    /// Walks through the events up to a threshold.
    ///
    /// - Parameters:
    ///   - highest: the last cost of interest.
    ///   - before: called with each distinct cost before its events.
    ///   - change: called with an item, the model it had and the model it gets.
    ///   - stop: called with each distinct cost after its events.
    @inline(__always)
    private func walk(
        to highest: Double,
        before: (Double) -> Void = { _ in },
        change: (Int, Int, Int) -> Void,
        stop: (Double) -> Void
    ) {
        let isCompat = order.mode == .compat
        var chosen = fallback
        var bestQuality = [Double](repeating: -.infinity, count: items)
        let (shift, models) = (shift, models)
        costs.withUnsafeBufferPointer { costs in
            cells.withUnsafeBufferPointer { cells in
                quality.withUnsafeBufferPointer { quality in
                    chosen.withUnsafeMutableBufferPointer { chosen in
                        bestQuality.withUnsafeMutableBufferPointer { bestQuality in
                            var event = 0
                            while event < costs.count, costs[event] <= highest {
                                let cost = costs[event]
                                before(cost)
                                repeat {
                                    let cell = cells[event]
                                    let item = Int(cell >> shift)
                                    let model = Int(cell & (1 << shift - 1))
                                    let value = quality[item * models + model]
                                    event += 1
                                    if value < bestQuality[item] { continue }
                                    let new = Int32(truncatingIfNeeded: model)
                                    let old = chosen[item]
                                    if value > bestQuality[item] {
                                        bestQuality[item] = value
                                    } else if !isCompat || new >= old {
                                        continue
                                    }
                                    if new != old {
                                        chosen[item] = new
                                        change(item, Int(old), Int(new))
                                    }
                                } while event < costs.count && costs[event] == cost
                                stop(cost)
                            }
                        }
                    }
                }
            }
        }
    }
}
