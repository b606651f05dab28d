import CKernels
import Foundation
import RouteGridBase
import RoutingData
import Testing

@testable import RoutingCore

/// The variants of every kernel give the same bits, on sizes that leave remainders; and they compute what they say.
///
/// The limit is one for the process. Other tests may run meanwhile: their results must not depend on it, which is the point.
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
