/// Points that no other point beats in both cost and accuracy.
package enum ParetoFrontier {
    /// The frontier of some points.
    ///
    /// Sorted by cost, then by accuracy (highest first), a point is kept when it is strictly more accurate than all
    /// before it. Of equal points the first given is kept. This is MMR-Bench's frontier too.
    /// - Returns: numbers of the points kept, by rising cost.
    /// - Complexity: O(n), n points.
    package static func indices(cost: [Double], accuracy: [Double]) -> [Int] {
        precondition(cost.count == accuracy.count, "\(cost.count) costs and \(accuracy.count) accuracies")
        // A point equal to its predecessor can never be kept: sweeps are full of them.
        var numbers: [Double] = []
        var labels: [UInt32] = []
        for index in cost.indices
        where index == 0 || cost[index] != cost[index - 1] || accuracy[index] != accuracy[index - 1] {
            numbers.append(cost[index])
            labels.append(UInt32(truncatingIfNeeded: index))
        }
        let order = CostOrder.sorted(numbers, labels: labels).labels.map(Int.init)
        var kept: [Int] = []
        var highest = -Double.infinity
        var start = 0
        while start < order.count {
            // Among points of one cost only the most accurate counts, the first of equals.
            var best = order[start]
            var end = start + 1
            while end < order.count, cost[order[end]] == cost[best] {
                if accuracy[order[end]] > accuracy[best] { best = order[end] }
                end += 1
            }
            if accuracy[best] > highest {
                kept.append(best)
                highest = accuracy[best]
            }
            start = end
        }
        return kept
    }
}
