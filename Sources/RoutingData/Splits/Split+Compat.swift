import RouteGridBase

extension Split {
    /// The permutation that numpy's legacy generator gives for this seed.
    private func permutation(_ count: Int) throws(RouteGridError) -> [Int] {
        guard let seed = UInt32(exactly: seed) else {
            throw .badInput(place, "seed: expected 0…4294967295 (numpy's legacy generator), found \(seed)")
        }
        guard count <= Int(UInt32.max) else {
            throw .badInput(place, "expected fewer than 2³² samples, found \(count)")
        }
        var generator = MersenneTwister(seed: seed)
        return generator.permutation(count)
    }

    /// floor(train · n) rows train; the test part is the head of the permutation and the train part follows it.
    func compatParts(count: Int, train: Double) throws(RouteGridError) -> SplitParts {
        guard train > 0, train < 1 else {
            throw .badInput(place, "train: expected a fraction between 0 and 1, found \(train)")
        }
        let order = try permutation(count)
        let testCount = count - Int((train * Double(count)).rounded(.down))
        return SplitParts(train: Array(order[testCount...]), dev: [], test: Array(order[..<testCount]))
    }

    func vlCompatParts(count: Int, train: Double, dev: Double) throws(RouteGridError) -> SplitParts {
        try requireFraction(train, "train")
        try requireFraction(dev, "dev")
        guard train + dev < 1 else { throw .badInput(place, "train + dev: expected less than 1, found \(train + dev)") }
        let order = try permutation(count)
        let trainEnd = Int(Double(count) * train)
        let devEnd = trainEnd + Int(Double(count) * dev)
        return SplitParts(
            train: Array(order[..<trainEnd]),
            dev: Array(order[trainEnd..<devEnd]),
            test: Array(order[devEnd...])
        )
    }
}
