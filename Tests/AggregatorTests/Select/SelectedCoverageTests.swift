import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingData
import Scoring
import TestSupport
import Testing

/// Twenty candidates that are equal in truth: what is reported of the selected is unbiased, and its intervals cover.
///
/// The split and the choice are the real ones; means and resamples of means are computed here as the board computes
/// them.
@Suite(.tags(.slow)) struct SelectedCoverageTests {
    struct Design: Sendable {
        let name: String
        let splits: String
        let items: Int
        /// Rows of one prompt, which models answer alike.
        var twins = 1
    }

    static let models = 20
    static let truth = 0.6
    static let designs = [
        Design(
            name: "random, index 0 to 4",
            splits: "{kind: random, train: 0.4, dev: 0.3, test: 0.3, seed: 1, index: \"range(0,5)\"}",
            items: 600
        ),
        Design(
            name: "k-fold 5 with dev",
            splits: "{kind: kfold, folds: 5, dev: 0.2, seed: 1, index: \"range(0,5)\"}",
            items: 600
        ),
        Design(
            name: "grouped, five twins a prompt",
            splits: "{kind: random, train: 0.4, dev: 0.3, test: 0.3, group_by: prompt, seed: 1, index: \"range(0,5)\"}",
            items: 2_000,
            twins: 5
        ),
        Design(
            name: "fixed test part, k-fold 5",
            splits: "{kind: kfold, folds: 5, test: {fraction: 0.3, fixed: true}, seed: 1, index: \"range(0,5)\"}",
            items: 600
        ),
    ]

    @Test(arguments: designs.indices)
    func `the mean of the selected is unbiased and its interval covers`(number: Int) throws {
        let design = Self.designs[number]
        let prompts = design.items / design.twins
        let blank = Matrix(repeating: 1.0, rows: design.items, columns: Self.models)
        let dataset = Dataset.planted(quality: blank, groups: design.twins > 1 ? prompts : nil)
        let names = (0..<Self.models).map { String(format: "m%02d", $0) }.joined(separator: ", ")
        let lock = try SealedData(
            dataset,
            yaml: """
                datasets: {one: one}
                splits: [\(design.splits)]
                routers: [{kind: fixed, model: [\(names)]}]
                select: {metric: accuracy, on: dev, per: [dataset, split, router.kind]}
                """
        ).lock
        let samples = dataset.samples.map(\.sample)
        let parts = try lock.contents.axes.splits.map { try $0.parts(of: samples) }
        // The dev cell, model and split of each group: the same for every table.
        let tally = try #require(SelectionTally(lock))
        let groups = lock.evaluationGroups.map { group in
            let fit = lock.fit(ofGroup: group)
            let model = Int(fit.router.parameters["model"]?.stringValue?.dropFirst() ?? "") ?? 0
            return (key: tally.judgingJobs(ofGroup: group)[0].jobKey, model: model, split: fit.split.index)
        }
        let resamples = (0..<20).map { seed in
            BootstrapWeights(
                clusters: (0..<prompts).map { "\(seed) \($0)" },
                replicates: 1_000,
                seed: seed,
                splitIndex: 0
            )
        }.map { weights in (0..<prompts).map { weights.weights(ofItem: $0) } }
        let seeds = plantedSeeds(40)
        var (sum, optimism, covered) = (0.0, 0.0, 0)
        for seed in seeds {
            var generator = Xoshiro256(seed: HashedText.digest(["selected", design.name, String(seed)]))
            // [prompts, models]: twins are answered alike.
            let right = (0..<prompts * Self.models).map { _ in generator.fraction() < Self.truth ? 1.0 : 0 }
            func mean(_ model: Int, _ rows: [Int]) -> Double {
                rows.reduce(0) { $0 + right[($1 % prompts) * Self.models + model] } / Double(rows.count)
            }
            var tally = tally
            for (group, place) in zip(lock.evaluationGroups, groups) {
                let reading = MetricReading.value(mean(place.model, parts[place.split].dev))
                tally.add(group: group, readings: [place.key: reading])
            }
            let selection = tally.frozen()
            var chosen: [Int: Int] = [:]
            for cell in selection.cells {
                let place = groups[lock.group(ofCell: cell)]
                #expect(chosen.updateValue(place.model, forKey: place.split) == nil)
            }
            #expect(chosen.count == parts.count)
            let value = parts.indices.reduce(0) { $0 + mean(chosen[$1] ?? 0, parts[$1].test) } / Double(parts.count)
            let dev = parts.indices.reduce(0) { $0 + mean(chosen[$1] ?? 0, parts[$1].dev) } / Double(parts.count)
            let replicates = Self.replicates(parts, chosen, right, prompts, resamples[seed % resamples.count])
            let interval = try #require(Interval.percentile(replicates, alpha: 0.05))
            sum += value
            optimism += dev - value
            if interval.low <= Self.truth, Self.truth <= interval.high { covered += 1 }
        }
        let (mean, coverage) = (sum / Double(seeds.count), Double(covered) / Double(seeds.count))
        print(
            "\(design.name): mean of the selected \(mean), coverage \(coverage), optimism "
                + "\(optimism / Double(seeds.count)), \(seeds.count) tables"
        )
        // The mean of a table varies by about .025.
        #expect(abs(mean - Self.truth) <= max(0.005, 3 * 0.025 / Double(seeds.count).squareRoot()))
        let upper = Interval.wilson(coverage, of: seeds.count, alpha: 0.05).high
        #expect(upper >= 0.935, "\(coverage)")
        #expect(optimism > 0)
    }

    /// The mean over splits of weighted means over test items, on each resample.
    private static func replicates(
        _ parts: [SplitParts],
        _ chosen: [Int: Int],
        _ right: [Double],
        _ prompts: Int,
        _ weights: [[Double]]
    ) -> [Double] {
        var means = [Double](repeating: 0, count: 1_000)
        for (split, part) in parts.enumerated() {
            let model = chosen[split] ?? 0
            var counts: [Int: Double] = [:]
            for row in part.test { counts[row % prompts, default: 0] += 1 }
            var sums = [Double](repeating: 0, count: 1_000)
            var totals = sums
            for (prompt, count) in counts.sorted(by: { $0.key < $1.key }) {
                let value = right[prompt * Self.models + model] * count
                for replicate in 0..<1_000 {
                    totals[replicate] += weights[prompt][replicate] * count
                    sums[replicate] += weights[prompt][replicate] * value
                }
            }
            for replicate in 0..<1_000 { means[replicate] += sums[replicate] / totals[replicate] / Double(parts.count) }
        }
        return means
    }
}
