/// Limited-memory BFGS for smooth convex functions, with a line search by the strong Wolfe conditions.
///
/// - Reference: J. Nocedal, S. J. Wright, *Numerical Optimization*, 2nd ed., algorithms 7.4, 7.5 and 3.5–3.6;
///   doi:10.1007/978-0-387-40065-5.
struct LimitedMemoryBFGS {
    var iterations: Int
    /// Stops when the largest entry of the gradient is at most this.
    var tolerance = 1e-8
    var history = 10

    /// Minimises from `point` on, in place.
    ///
    /// - Parameters:
    ///   - point: where to start; afterwards the minimiser found.
    ///   - evaluate: the value at a point, and its gradient written into the second argument.
    /// - Returns: the number of iterations used.
    @discardableResult
    func minimise(
        _ point: inout [Double],
        _ evaluate: (_ point: [Double], _ gradient: inout [Double]) -> Double
    ) -> Int {
        let count = point.count
        var gradient = [Double](repeating: 0, count: count)
        var value = evaluate(point, &gradient)
        var steps: [[Double]] = []
        var changes: [[Double]] = []
        for iteration in 0..<iterations {
            if gradient.allSatisfy({ abs($0) <= tolerance }) { return iteration }
            var direction = descent(gradient, steps, changes)
            var slope = inner(direction, gradient)
            if slope >= 0 {
                (steps, changes) = ([], [])
                direction = gradient.map { -$0 }
                slope = -inner(gradient, gradient)
            }
            let first = steps.isEmpty ? min(1, 1 / gradient.reduce(0) { $0 + abs($1) }) : 1
            var search = LineSearch(point: point, direction: direction, value: value, slope: slope)
            guard search.run(first: first, evaluate) else { return iteration }
            let change = zip(search.gradient, gradient).map { $0 - $1 }
            let step = direction.map { $0 * search.length }
            if inner(step, change) > 1e-300 {
                steps.append(step)
                changes.append(change)
                if steps.count > history {
                    steps.removeFirst()
                    changes.removeFirst()
                }
            }
            (point, value, gradient) = (search.trial, search.trialValue, search.gradient)
        }
        return iterations
    }

    /// −H·gradient by the two-loop recursion.
    private func descent(_ gradient: [Double], _ steps: [[Double]], _ changes: [[Double]]) -> [Double] {
        var direction = gradient.map { -$0 }
        guard let lastStep = steps.last, let lastChange = changes.last else { return direction }
        var weights: [Double] = []
        for (step, change) in zip(steps.reversed(), changes.reversed()) {
            let weight = inner(step, direction) / inner(step, change)
            weights.append(weight)
            add(-weight, change, to: &direction)
        }
        let scale = inner(lastStep, lastChange) / inner(lastChange, lastChange)
        for index in direction.indices { direction[index] *= scale }
        for ((step, change), weight) in zip(zip(steps, changes), weights.reversed()) {
            add(weight - inner(change, direction) / inner(step, change), step, to: &direction)
        }
        return direction
    }
}

/// One search along a direction.
private struct LineSearch {
    let point: [Double]
    let direction: [Double]
    let value: Double
    let slope: Double
    var length = 0.0
    var trial: [Double]
    var trialValue = 0.0
    var gradient: [Double]

    private static let (sufficient, curvature) = (1e-4, 0.9)

    init(point: [Double], direction: [Double], value: Double, slope: Double) {
        (self.point, self.direction, self.value, self.slope) = (point, direction, value, slope)
        trial = point
        gradient = [Double](repeating: 0, count: point.count)
    }

    private mutating func probe(
        _ length: Double,
        _ evaluate: ([Double], inout [Double]) -> Double
    ) -> (value: Double, slope: Double) {
        self.length = length
        for index in trial.indices { trial[index] = point[index] + length * direction[index] }
        trialValue = evaluate(trial, &gradient)
        return (trialValue, inner(gradient, direction))
    }

    /// False when no length lowers the value any more: the end of float64.
    mutating func run(first: Double, _ evaluate: ([Double], inout [Double]) -> Double) -> Bool {
        var (low, lowValue, lowSlope) = (0.0, value, slope)
        var high: Double?
        var next = first
        for _ in 0..<40 {
            let found = probe(next, evaluate)
            let isTooHigh = !found.value.isFinite || found.value > value + Self.sufficient * next * slope
            if isTooHigh || (found.value >= lowValue && low > 0) {
                high = next
            } else if abs(found.slope) <= -Self.curvature * slope {
                return true
            } else {
                if let bound = high, found.slope * (bound - low) >= 0 { high = low }
                if high == nil, found.slope >= 0 { high = low }
                (low, lowValue, lowSlope) = (next, found.value, found.slope)
            }
            if let bound = high {
                let width = bound - low
                // The minimum of the parabola through value and slope at `low` and the value at the other end, kept
                // inside.
                let parabola =
                    found.value.isFinite && next == bound
                    ? low - lowSlope * width * width / (2 * (found.value - lowValue - lowSlope * width)) : .nan
                let (near, far) = (low + 0.1 * width, low + 0.9 * width)
                let isInside = min(near, far) <= parabola && parabola <= max(near, far)
                next = isInside ? parabola : low + 0.5 * width
                if abs(width) <= 1e-16 * max(1, abs(low)) { break }
            } else {
                next = 2 * low
            }
        }
        if low > 0, lowValue < value {
            _ = probe(low, evaluate)
            return true
        }
        return false
    }
}

/// <x, y>, in a fixed order.
private func inner(_ x: [Double], _ y: [Double]) -> Double {
    var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
    x.withUnsafeBufferPointer { x in
        y.withUnsafeBufferPointer { y in
            let whole = x.count - x.count % 4
            for index in stride(from: 0, to: whole, by: 4) {
                first += x[index] * y[index]
                second += x[index + 1] * y[index + 1]
                third += x[index + 2] * y[index + 2]
                fourth += x[index + 3] * y[index + 3]
            }
            for index in whole..<x.count { first += x[index] * y[index] }
        }
    }
    return (first + second) + (third + fourth)
}

/// y += weight · x.
private func add(_ weight: Double, _ x: [Double], to y: inout [Double]) {
    y.withUnsafeMutableBufferPointer { y in
        x.withUnsafeBufferPointer { x in for index in x.indices { y[index] += weight * x[index] } }
    }
}
