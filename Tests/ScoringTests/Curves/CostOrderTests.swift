import RouteGridBase
import Scoring
import Testing

@Suite struct CostOrderTests {
    @Test(arguments: 0..<40)
    func `the radix sort equals a stable comparison sort`(seed: Int) {
        var generator = Xoshiro256(seed: HashedText.digest(["cost order", String(seed)]))
        let count = generator.below(300)
        let numbers = (0..<count).map { _ -> Double in
            switch generator.below(6) {
            case 0: Double(generator.below(4)) - 2
            case 1: -generator.uniform() * 1e300
            case 2: generator.uniform() * 0x1p-1030
            case 3: generator.below(2) == 0 ? .infinity : -.infinity
            case 4: -0.0
            default: generator.uniform()
            }
        }
        let (sorted, labels) = CostOrder.sorted(numbers, labels: numbers.indices.map(UInt32.init))
        let expected = numbers.indices.sorted { (numbers[$0], $0) < (numbers[$1], $1) }
        #expect(labels.map(Int.init) == expected, "seed \(seed)")
        #expect(sorted == expected.map { numbers[$0] }, "seed \(seed)")
    }
}
