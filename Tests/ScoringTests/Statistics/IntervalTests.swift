import Scoring
import Testing

@Suite struct IntervalTests {
    /// The formula in Python 3.11.
    @Test(arguments: [
        (0, 10, 0.0, 0.2775327998628892), (10, 10, 0.7224672001371107, 1.0),
        (5, 10, 0.236593090512564, 0.7634069094874361), (108, 608, 0.14930340958093896, 0.21000774145552709),
    ])
    func `Wilson's interval is the textbook's`(successes: Int, count: Int, low: Double, high: Double) {
        let interval = Interval.wilson(Double(successes) / Double(count), of: count, alpha: 0.05)
        #expect(abs(interval.low - low) < 1e-9 && abs(interval.high - high) < 1e-9, "\(interval)")
    }

    @Test func `normal quantiles`() {
        #expect(abs(NormalDistribution.quantile(0.975) - 1.959_963_984_540_054) < 1e-12)
        #expect(abs(NormalDistribution.quantile(0.5)) < 1e-15)
        #expect(abs(NormalDistribution.quantile(1e-9) + 5.997_807_015_007_686_5) < 1e-9)
    }

    /// The usual tables, with more digits from SciPy.
    @Test(arguments: [
        (1, 12.706_204_736_174_7), (2, 4.302_652_729_749_5), (3, 3.182_446_305_283_7), (5, 2.570_581_835_636_3),
        (10, 2.228_138_851_986_3), (31, 2.039_513_446_396_4), (1_000, 1.962_339_080_826_4),
    ])
    func `Student's t is the textbook's`(degrees: Int, t: Double) {
        #expect(abs(StudentDistribution.halfWidth(level: 0.95, degrees: degrees) - t) < 1e-9)
    }

    @Test func `the percentile interval interpolates, and needs nineteen values in twenty`() {
        let values = (0...100).map(Double.init)
        #expect(Interval.percentile(values.reversed(), alpha: 0.05) == Interval(low: 2.5, high: 97.5))
        #expect(Interval.percentile(values + [.nan], alpha: 0.1) == Interval(low: 5, high: 95))
        #expect(Interval.percentile([1, 2, .nan], alpha: 0.05) == nil)
        #expect(Interval.percentile([], alpha: 0.05) == nil)
    }
}
