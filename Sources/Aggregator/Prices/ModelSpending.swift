import Grid
import RouteGridBase
import RoutingData
import Scoring

/// What a row spends on each model, and how often it is right: where its accuracy and mean cost are read.
struct ModelSpending {
    /// Mean cost of an item by model: their sum is the row's mean cost.
    let costs: [Double]
    let accuracy: Double

    var total: Double { costs.reduce(0, +) }

    /// - Parameters:
    ///   - row: with a record in every run.
    ///   - parts: the items by split index.
    ///   - blobs: where choices are.
    /// - Throws: ``Absence`` when choices are not there or some query had no answer; `checkFailed` for a damaged blob.
    init(of row: BoardRow, on parts: [Int: EvaluatedPart], blobs: BlobFolders) throws {
        var (perRun, right): ([[Double]], [Double]) = ([], [])
        for run in row.runs {
            guard let reading = run.reading, let part = parts[run.splitIndex] else {
                throw Absence(why: "its records do not make one curve of a split that has its data")
            }
            let outcomes = part.outcomes
            // One record with all points, or one record a point.
            let largest = reading.picks.largest
            let isWhole = reading.records.count == 1
            guard isWhole || reading.records.indices.contains(largest),
                let choices = try reading.records[isWhole ? 0 : largest].choices(in: blobs)
            else { throw Absence(why: "its choices are not beside the records") }
            let point = isWhole ? largest : 0
            guard choices.columns == outcomes.items, point < choices.rows else {
                throw Absence(why: "its choices are not of the items found")
            }
            var sums = [CompensatedSum](repeating: CompensatedSum(), count: outcomes.models)
            var quality = CompensatedSum()
            for (item, model) in choices.row(point).enumerated() {
                guard Int(model) < outcomes.models else {
                    throw Absence(why: "it has no answer to some query, which no price of a model is charged for")
                }
                sums[Int(model)].add(outcomes.cost(of: Int(model), on: item))
                quality.add(outcomes.quality(of: Int(model), on: item))
            }
            perRun.append(sums.map { $0.value / Double(outcomes.items) })
            right.append(quality.value / Double(outcomes.items))
        }
        let splits = row.runs.map(\.splitIndex)
        guard let accuracy = RunMeans.mean(right, splits: splits), let first = perRun.first else {
            throw Absence(why: "it has no record")
        }
        self.accuracy = accuracy
        costs = first.indices.map { model in RunMeans.mean(perRun.map { $0[model] }, splits: splits) ?? 0 }
    }
}
