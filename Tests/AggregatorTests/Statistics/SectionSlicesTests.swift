import Foundation
import RouteGridBase
import RoutingData
import Scoring
import Testing

@testable import Aggregator

@Suite struct SectionSlicesTests {
    /// Two datasets of equally many clusters, `size` items each.
    private static func slices(clusters: Int, size: Int, alpha: Double) -> (slices: SectionSlices, items: Int) {
        let samples = ["a", "b"].flatMap { name in
            (0..<clusters).flatMap { cluster in
                (0..<size).map { Sample(id: "\(name)\(cluster)/\($0)", dataset: name, group: "all") }
            }
        }
        let names = samples.map { String($0.id.prefix { $0 != "/" }) }
        let drawn = DrawnClusters(names, seed: 1, splitIndex: 0)
        return (SectionSlices(of: samples, drawn: drawn, alpha: alpha), samples.count)
    }

    @Test(arguments: [(4, 5), (40, 5), (60, 1)])
    func `intervals of all slices of a row hold together, where items come in clusters too`(
        clusters: Int,
        size: Int
    ) throws {
        let (slices, items) = Self.slices(clusters: clusters, size: size, alpha: 0.05)
        var generator = Xoshiro256(seed: HashedText.digest(["section slices", String(clusters)]))
        let draws = 2_000
        var covered = 0
        for _ in 0..<draws {
            // A cluster's items are right together in nine of ten cases.
            var quality: [Double] = []
            while quality.count < items {
                let common: Double = generator.uniform() < 0.6 ? 1 : 0
                for _ in 0..<size {
                    let own: Double = generator.uniform() < 0.6 ? 1 : 0
                    quality.append(generator.uniform() < 0.9 ? common : own)
                }
            }
            let row = slices.row(quality: quality, cost: quality, isPlain: size == 1)
            #expect(row.slices.count == 2)
            if row.slices.allSatisfy({ $0.interval.low <= 0.6 && 0.6 <= $0.interval.high }) { covered += 1 }
        }
        // 0.95 less four standard errors of the count.
        let share = Double(covered) / Double(draws)
        #expect(share > 0.93, "\(share)")
    }
}
