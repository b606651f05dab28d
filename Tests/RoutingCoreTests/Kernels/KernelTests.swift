import CKernels
import Foundation
import RouteGridBase
import RoutingData
import Scoring
import Testing

@testable import RoutingCore

/// The variants of every kernel give the same bits, on sizes that leave remainders; and they compute what they say.
///
/// The limit is one for the process. Other tests may run meanwhile: their results must not depend on it, which is the
/// point.
@Suite(.serialized) struct KernelTests {
    private static func floats(_ count: Int, _ name: String) -> [Float] {
        var generator = Xoshiro256(seed: HashedText.digest(["kernels", name]))
        return (0..<count).map { _ in Float(4 * generator.uniform() - 2) }
    }

    /// What `compute` writes, by each variant this processor has.
    private func variants(_ compute: (inout [Float]) -> Void, _ start: [Float]) -> [[Float]] {
        defer { ck_limit(2) }
        return (0..<3).map { limit in
            ck_limit(Int32(limit))
            var values = start
            compute(&values)
            return values
        }
    }

    private func expectSameBits(_ start: [Float], _ compute: (inout [Float]) -> Void) {
        let results = variants(compute, start).map { $0.map(\.bitPattern) }
        #expect(results[1] == results[0])
        #expect(results[2] == results[0])
    }

    @Test(arguments: [1, 15, 16, 77, 1_000])
    func `elementwise kernels`(count: Int) {
        let (x, other) = (Self.floats(count, "x"), Self.floats(count, "other"))
        let step = ck_adam_step(
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            length: 1e-3,
            root: 1.1,
            added: 1e-2,
            kept: 0.999
        )
        expectSameBits(x) { values in
            var (first, second) = (other, other.map(abs))
            ck_adam(&values, other, &first, &second, count, step)
            values += first + second
        }
        expectSameBits(x) { values in
            var slope = other
            ck_gelu(&values, &slope, count)
            values += slope
        }
        expectSameBits(x) { ck_add_bias(&$0, 1, count, count, other, 1) }
        expectSameBits(x) { ck_divide(other, 1.7, &$0, count) }
        expectSameBits(x) { values in
            values = [Float(ck_dot(x, other, count)), Float(ck_squared_distance(x, other, count))]
        }
    }

    @Test(arguments: [5, 32, 77])
    func `normalisation and its gradient`(width: Int) {
        let (scale, shift) = (Self.floats(width, "scale"), Self.floats(width, "shift"))
        expectSameBits(Self.floats(3 * width, "rows")) { values in
            var (normal, inverse) = ([Float](repeating: 0, count: 3 * width), [Float](repeating: 0, count: 3))
            ck_norm(&values, 3, width, scale, shift, &normal, &inverse)
            var (byScale, byShift) = (scale, shift)
            ck_norm_gradient(&values, 3, width, scale, normal, inverse, &byScale, &byShift)
            values += normal + inverse + byScale + byShift
        }
    }

    @Test(arguments: [(1, 3, 1), (13, 77, 7), (130, 64, 20)])
    func `products with few columns`(rows: Int, width: Int, columns: Int) {
        let x = Matrix(rows: rows, columns: width, elements: Self.floats(rows * width, "x"))
        let w = Matrix(rows: columns, columns: width, elements: Self.floats(columns * width, "w")).widened()
        var out = Matrix<Double>(repeating: 0, rows: rows, columns: columns)
        var sums = Matrix<Double>(repeating: 0, rows: columns, columns: width)
        defer { ck_limit(2) }
        for limit in 0..<3 {
            ck_limit(Int32(limit))
            let before = (out, sums)
            ck_times_rows(x.elements, rows, width, w.elements, columns, &out.elements)
            sums = Matrix(repeating: 0, rows: columns, columns: width)
            ck_add_outer(x.elements, rows, width, out.elements, columns, &sums.elements)
            #expect(limit == 0 || (before.0 == out && before.1 == sums))
        }
        let wide = x.widened()
        #expect(largestDifference(out, wide.multiplied(by: w, .transposed)) <= 1e-12)
        #expect(largestDifference(sums, out.multiplied(.transposed, by: wide)) <= 1e-11)
    }

    /// Costs are small whole numbers, so that many are equal, and in some lanes they do not rise.
    @Test(arguments: [1, 2, 7, 40])
    func `areas are those of the curve, on the replicates whose costs rise in the order`(points: Int) {
        var generator = Xoshiro256(seed: HashedText.digest(["areas", "\(points)"]))
        func whole(_ range: ClosedRange<Int>) -> Double { Double(Int.random(in: range, using: &generator)) }
        let order = (0..<points).shuffled(using: &generator)
        var sums = [Double](repeating: 0, count: points * 32)
        for lane in 0..<16 {
            var cost = whole(1...3)
            for point in order {
                (sums[point * 32 + lane], sums[point * 32 + 16 + lane]) = (generator.uniform(), cost)
                cost += whole(lane < 8 ? 0...2 : -1...9)
            }
        }
        let lead = (0..<16).map { _ in generator.uniform() } + (0..<16).map { _ in whole(0...4) }
        // A range within, one that is wider than the curve, and one of no width.
        let ends = [(3.5, 7.25), (0, 400), (5, 5)]
        let ranges = ends.flatMap { [Double](repeating: $0.0, count: 16) + [Double](repeating: $0.1, count: 16) }
        var areas = [[Double]](repeating: [Double](repeating: -1, count: 3 * 16), count: 3)
        defer { ck_limit(2) }
        for limit in 0..<3 {
            ck_limit(Int32(limit))
            ck_curve_areas(sums, order.map { UInt32($0) }, points, lead, ranges, 3, &areas[limit])
        }
        #expect(areas[1].map(\.bitPattern) == areas[0].map(\.bitPattern))
        #expect(areas[2].map(\.bitPattern) == areas[0].map(\.bitPattern))
        for lane in 0..<16 {
            let given = (0..<points).map { point in
                OperatingPoint(cost: sums[point * 32 + 16 + lane], accuracy: sums[point * 32 + lane])
            }
            let rises = zip(order, order.dropFirst()).allSatisfy { (given[$0].cost, $0) < (given[$1].cost, $1) }
            let cheapest = OperatingPoint(cost: lead[16 + lane], accuracy: lead[lane])
            let curve = BudgetCurve(through: given, from: cheapest)
            for (range, end) in ends.enumerated() {
                let area = areas[0][range * 16 + lane]
                #expect(rises ? abs(area - curve.integral(from: end.0, to: end.1)) < 1e-9 : area.isNaN)
            }
        }
    }

    @Test(arguments: [1, 16, 100, 2_200])
    func `screening keeps what reaches a bound`(count: Int) {
        let line = Self.floats(count, "line")
        var (kept, places) = ([Float](repeating: 0, count: count), [Int32](repeating: 0, count: count))
        var maxima = [Float](repeating: 0, count: count + 16)
        defer { ck_limit(2) }
        for limit in 0..<3 {
            ck_limit(Int32(limit))
            let found = ck_keep(line, count, 1.5, &kept, &places)
            #expect(places[..<found].map(Int.init) == line.indices.filter { line[$0] >= 1.5 })
            #expect(Array(kept[..<found]) == line.filter { $0 >= 1.5 })
            let groups = ck_group_maxima(line, count, 3, &maxima)
            #expect(groups % 16 == 0 && groups <= count + 16)
            #expect(maxima[..<groups].max() == line.max())
            #expect(maxima[..<groups].filter { $0 > -.infinity }.allSatisfy { line.contains($0) })
        }
    }

    @Test(arguments: [(16, 3), (160, 50), (2_208, 50)])
    func `a bound that enough values reach`(count: Int, wanted: Int) {
        var values = Self.floats(count, "values")
        values[5] = -.infinity
        values[9] = values[8]
        let sorted = values.sorted(by: >)
        defer { ck_limit(2) }
        for limit in 0..<3 {
            ck_limit(Int32(limit))
            let bound = ck_bound(values, count, wanted)
            #expect(bound <= sorted[wanted - 1])
            #expect(bound >= sorted[wanted + max(2, wanted / 8)])
            #expect(ck_bound(values, count, count) == -.infinity)
            #expect(ck_bound([Float](repeating: 2, count: count), count, wanted) == 2)
        }
    }

    @Test(arguments: [1, 16, 61, 200])
    func `ranks count who comes before`(count: Int) {
        var scores = Self.floats(count, "scores")
        for index in stride(from: 3, to: count, by: 3) { scores[index] = scores[index - 2] }
        let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
        scores += [Float](repeating: 9, count: 16)
        var ranks = [Int32](repeating: -1, count: count)
        defer { ck_limit(2) }
        for limit in 0..<3 {
            ck_limit(Int32(limit))
            ck_rank(scores, count, &ranks)
            #expect(order.map { Int(ranks[$0]) } == Array(0..<count))
        }
    }

    @Test(arguments: [1, 2, 20])
    func `the nearest centre and its lead`(count: Int) {
        let (rows, leading) = (29, 32)
        var products = Self.floats(count * leading, "products")
        let half = Self.floats(count, "half").map(Double.init)
        if count > 2 { for row in 0..<rows { products[2 * leading + row] = products[row] } }
        var (nearest, leads) = ([Int64](repeating: -1, count: leading), [Double](repeating: 0, count: leading))
        defer { ck_limit(2) }
        for limit in 0..<3 {
            ck_limit(Int32(limit))
            ck_nearest(products, leading, rows, count, half, &nearest, &leads)
            for row in 0..<rows {
                let scores = (0..<count).map { Double(products[$0 * leading + row]) - half[$0] }
                let sorted = scores.sorted(by: >)
                #expect(Int(nearest[row]) == scores.firstIndex(of: sorted[0]))
                #expect(leads[row] == (count > 1 ? sorted[0] - sorted[1] : .infinity))
            }
        }
    }

    @Test(arguments: [1, 7, 20, 33])
    func `sums over rows are those of a plain loop`(width: Int) {
        let x = Matrix(rows: 8, columns: width, elements: Self.floats(8 * width, "rows"))
        let mean = (0..<width).map { Double($0) / 7 }
        let picked: [Int32] = [3, 0, 7, 3, 5]
        var expected = (
            sums: mean, means: [Double](repeating: 0, count: width), squares: [Double](repeating: 0, count: 8)
        )
        for column in 0..<width {
            expected.sums[column] += Double(x[0, column])
            expected.sums[column] -= Double(x[1, column])
            let distance = Double(x[2, column]) - mean[column]
            expected.sums[column] += distance * distance
            for row in picked { expected.means[column] += Double(x[Int(row), column]) }
            expected.means[column] /= 5
            for row in 0..<8 { expected.squares[row] += Double(x[row, column]) * Double(x[row, column]) }
        }
        defer { ck_limit(2) }
        for limit in 0..<3 {
            ck_limit(Int32(limit))
            var (sums, means, squares) = (mean, expected.means, [Double](repeating: 0, count: 8))
            x.elements.withUnsafeBufferPointer { values in
                guard let values = values.baseAddress else { return }
                ck_add_wide(values, &sums, width)
                ck_take_wide(values + width, &sums, width)
                ck_add_squares(values + 2 * width, mean, &sums, width)
                ck_square_sums((0..<8).map { values + $0 * width }, width, &squares)
            }
            ck_mean_of_rows(x.widened().elements, width, picked, picked.count, &means)
            #expect(sums == expected.sums && means == expected.means && squares == expected.squares)
        }
    }

    @Test func `gelu is x times the normal distribution`() {
        let start = (0...4_000).map { Float($0) / 200 - 10 }
        var (values, slopes) = (start, start)
        ck_gelu(&values, &slopes, start.count)
        for (index, x) in start.enumerated() {
            let chance = 0.5 * erfc(-Double(x) / 2.0.squareRoot())
            let density = exp(-Double(x * x) / 2) / (2 * Double.pi).squareRoot()
            #expect(abs(Double(values[index]) - Double(x) * chance) <= 3e-7 * max(1, abs(Double(x))))
            #expect(abs(Double(slopes[index]) - (chance + Double(x) * density)) <= 5e-7)
        }
    }
}
