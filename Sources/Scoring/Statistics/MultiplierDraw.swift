import CKernels
import RouteGridBase
import RoutingData

/// Draws resamples for a step-down test, 64 at a time on each core.
struct MultiplierDraw: Sendable {
    private let pairs: [UInt32]
    /// Scale and statistic of each pair.
    private let numbers: [Float]
    private let influences: [Float]
    private let rows: Int
    private let drawn: DrawnClusters

    /// - Parameters:
    ///   - pairs: by rising statistic.
    ///   - scales: one over the standard error of each; 0: it never counts as the largest.
    ///   - statistics: of each.
    ///   - influences: `[rows, clusters]`.
    ///   - drawn: the clusters.
    init(
        pairs: [StepDownTest.Pair],
        scales: [Double],
        statistics: [Double],
        influences: Matrix<Double>,
        drawn: DrawnClusters
    ) {
        self.pairs = pairs.flatMap { [UInt32($0.first), UInt32($0.second)] }
        numbers = zip(scales, statistics).flatMap { [Float($0), Float($1)] }
        self.influences = influences.elements.map { Float($0) }
        (rows, self.drawn) = (influences.rows, drawn)
    }

    /// Draws the resamples with some numbers.
    ///
    /// - Parameters:
    ///   - replicates: multiples of 64.
    ///   - exceeding: of each pair, how many of the largest statistics of it and those before it reach its own; added
    ///     to.
    ///   - maxima: the largest statistics of all; appended to.
    ///   - isCancelled: asked before each 64.
    func add(
        _ replicates: Range<Int>,
        to exceeding: inout [Int],
        _ maxima: inout [Float],
        _ isCancelled: @Sendable () -> Bool
    ) {
        let blocks = replicates.count / 64
        let parts = min(blocks, 32)
        guard parts > 0 else { return }
        let found = concurrentMap(parts) { part in
            let mine = part * blocks / parts..<(part + 1) * blocks / parts
            return draw(mine.map { replicates.lowerBound + 64 * $0 }, isCancelled)
        }
        for part in found {
            for pair in exceeding.indices { exceeding[pair] += Int(part.counts[pair]) }
            maxima += part.maxima
        }
    }

    private func draw(_ firsts: [Int], _ isCancelled: @Sendable () -> Bool) -> (counts: [UInt32], maxima: [Float]) {
        var counts = [UInt32](repeating: 0, count: numbers.count / 2)
        var maxima = [Float](repeating: 0, count: 64 * firsts.count)
        var weights = [UInt8](repeating: 0, count: 64 * drawn.count)
        var sums = [Float](repeating: 0, count: 64 * rows)
        maxima.withUnsafeMutableBufferPointer { maxima in
            weights.withUnsafeMutableBufferPointer { weights in
                guard let bytes = weights.baseAddress, let largest = maxima.baseAddress else { return }
                for (place, first) in firsts.enumerated() where !isCancelled() {
                    BootstrapWeights.fill(bytes, drawn, first: first)
                    ck_multiplier_sums(influences, rows, drawn.count, bytes, &sums)
                    ck_step_down(sums, pairs, numbers, counts.count, &counts, largest + 64 * place)
                }
            }
        }
        return (counts, maxima)
    }
}
