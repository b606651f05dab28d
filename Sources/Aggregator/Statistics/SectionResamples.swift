import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingData
import Scoring

/// Resamples of the parts of a section's splits, shared by all of its rows.
///
/// An item that several splits test has one weight in all of them (the weights' split index is the section's lowest):
/// else the interval of a mean over overlapping test parts would be too narrow.
struct SectionResamples: Sendable {
    struct Part: Sendable {
        let evaluated: EvaluatedPart
        let bootstrap: PairedBootstrap
        /// Which of the drawn items are the part's.
        let items: Range<Int>
    }

    /// By split index.
    let parts: [Int: Part]
    /// Who is drawn together, over all parts.
    let drawn: DrawnClusters
    /// How many independent clusters are drawn, weighed by their share of the items of each part.
    let clusters: ClusterCount
    /// Whether every item is a cluster of its own.
    let isByItem: Bool
    let replicates: Int
    private let slices: SectionSlices

    /// - Parameters:
    ///   - records: One record a split index.
    ///   - statistics: How, and from what.
    /// - Throws: ``Absence`` when the data are not there or are too many; `checkFailed` when a blob is damaged.
    init(of records: [Int: ScoredRecord], _ statistics: BoardStatistics) throws {
        let settings = statistics.settings
        var evaluated: [(index: Int, part: EvaluatedPart)] = []
        var names: [String] = []
        for (index, record) in records.sorted(by: { $0.key < $1.key }) {
            let part = try EvaluatedPart(of: record, tables: statistics.tables, blobs: statistics.blobs)
            let cluster = settings.cluster(of: record.job.json)
            names += part.samples.map { cluster == .prompt ? $0.group : $0.id }
            evaluated.append((index, part))
        }
        drawn = DrawnClusters(
            names,
            seed: settings.seed,
            splitIndex: evaluated.first?.index ?? 0
        )
        replicates = settings.bootstrap
        guard drawn.count * replicates <= BoardStatistics.weightLimit else {
            throw Absence(
                why: "\(replicates) resamples of \(drawn.count) clusters of items do not fit into memory: lower "
                    + "statistics.bootstrap"
            )
        }
        let weights = BootstrapWeights(of: drawn, replicates: replicates)
        var parts: [Int: Part] = [:]
        var shares = [Double](repeating: 0, count: drawn.count)
        var (first, isByItem) = (0, true)
        for (index, part) in evaluated {
            let items = first..<first + part.samples.count
            first = items.upperBound
            parts[index] = Part(
                evaluated: part,
                bootstrap: PairedBootstrap(part.ground, outcomes: part.outcomes, weights: weights, items: items),
                items: items
            )
            let sizes = drawn.sizes(ofItems: items)
            for (cluster, size) in sizes.enumerated() { shares[cluster] += size / Double(items.count) }
            isByItem = isByItem && sizes.allSatisfy { $0 <= 1 }
        }
        (self.parts, self.isByItem) = (parts, isByItem)
        slices = SectionSlices(of: evaluated.flatMap(\.part.samples), drawn: drawn, alpha: settings.alpha)
        clusters = ClusterCount(weights: shares)
    }

    /// What resampling says of a row: means over its runs as ``RunMeans`` takes them.
    struct Row: Sendable {
        /// `[metrics, replicates]`; NaN where some run has no value.
        let values: Matrix<Double>
        /// `[metrics][clusters]`: the influences of each cluster on some metrics.
        let influences: [[Double]]
        /// Nil for a row without runs.
        let routing: RoutingShares?
        /// Of each run ``ChoiceMetrics`` by name.
        let choices: [[String: JSONValue]]
        /// Nil where the items are of one kind.
        let slices: RowSlices?
    }

    /// Resamples a row.
    ///
    /// - Parameters:
    ///   - row: With a record in every run.
    ///   - metrics: Those that are resampled.
    ///   - influenced: Those whose influences are asked for.
    ///   - blobs: Where choices are.
    /// - Returns: Its metrics on every resample, and influences.
    /// - Throws: ``Absence`` when choices are not there or are not the record's; `checkFailed` when a blob is damaged.
    func resampled(
        _ row: BoardRow,
        metrics: [CurveMetric],
        influenced: [CurveMetric],
        blobs: BlobFolders
    ) throws -> Row {
        let splits = Dictionary(grouping: row.runs, by: \.splitIndex).sorted { $0.key < $1.key }.map(\.value)
        var values = Matrix<Double>(repeating: 0, rows: metrics.count, columns: replicates)
        var influences = influenced.map { _ in [Double](repeating: 0, count: drawn.count) }
        var routing: RoutingShares?
        var found: [[String: JSONValue]] = []
        let points = row.runs.map(\.points.count).min() ?? 0
        let answers = slices.isEmpty ? 0 : drawn.clusterOfItem.count
        var quality = [Double](repeating: 0, count: answers)
        var cost = quality
        for runs in splits {
            var own = Matrix<Double>(repeating: 0, rows: metrics.count, columns: replicates)
            for run in runs {
                let (curve, choices, part) = try curve(of: run, blobs)
                part.bootstrap.add(metrics, of: curve, to: &own)
                let weight = 1 / Double(runs.count * splits.count)
                if routing == nil { routing = RoutingShares(part.evaluated, points: points) }
                routing?.add(run, choices, on: part.evaluated, weight: weight)
                found.append(Self.metrics(of: run, choices, on: part.evaluated))
                if !slices.isEmpty, let picks = run.reading?.picks {
                    let outcomes = part.evaluated.outcomes
                    for (item, model) in choices.row(picks.largest).enumerated() {
                        let place = part.items.lowerBound + item
                        quality[place] += outcomes.quality(of: Int(model), on: item) / Double(runs.count)
                        cost[place] += outcomes.cost(of: Int(model), on: item) / Double(runs.count)
                    }
                }
                for (place, metric) in influenced.enumerated() {
                    curve.addInfluences(on: metric, times: weight, to: &influences[place])
                }
            }
            values.add(own, dividedBy: Double(runs.count))
        }
        values.divide(by: Double(splits.count))
        return Row(
            values: values,
            influences: influences,
            routing: routing,
            choices: found,
            slices: slices.isEmpty || row.runs.isEmpty
                ? nil
                : slices.row(
                    quality: quality,
                    cost: cost,
                    isPlain: isByItem && splits.allSatisfy { $0.count == 1 }
                )
        )
    }

    /// How near the choices of a run's largest budget come to the best ones.
    private static func metrics(
        of run: BoardRun,
        _ choices: Matrix<ModelNumber>,
        on part: EvaluatedPart
    ) -> [String: JSONValue] {
        guard let picks = run.reading?.picks else { return [:] }
        let metrics = ChoiceMetrics(
            choices.row(picks.largest),
            on: part.outcomes,
            accuracy: run.points[picks.largest].accuracy,
            reference: part.ground.reference(on: part.outcomes, picks: picks)
        )
        return Dictionary(uniqueKeysWithValues: metrics.values.map { ($0.name, $0.value.json) })
    }

    /// The curve of a run, checked to be its records'.
    private func curve(
        of run: BoardRun,
        _ blobs: BlobFolders
    ) throws -> (ResampledCurve, Matrix<ModelNumber>, Part) {
        guard let reading = run.reading, let part = parts[run.splitIndex] else {
            throw Absence(why: "the records do not make one curve of a split that has its data")
        }
        let outcomes = part.evaluated.outcomes
        let choices = try choices(of: run, blobs)
        let reference = part.evaluated.ground.reference(on: outcomes, picks: reading.picks)
        let curve = part.bootstrap.curve(choices, reference: reference)
        // The record says what its choices come to: the same sums in the same way give the same bits.
        guard zip(curve.points, run.points).allSatisfy({ $0.cost == $1.cost && $0.accuracy == $1.accuracy }) else {
            throw Absence(why: "choices do not give the points of their records on the data found")
        }
        return (curve, choices, part)
    }

    /// The models that a run chose, `[points, items]`.
    ///
    /// - Throws: ``Absence`` when choices are not there or are of other items; `checkFailed` when a blob is damaged.
    func choices(of run: BoardRun, _ blobs: BlobFolders) throws -> Matrix<ModelNumber> {
        guard let reading = run.reading else { throw Absence(why: "the records do not make one curve") }
        guard let part = parts[run.splitIndex] else {
            throw Absence(why: "a split has no record to find its data by")
        }
        let outcomes = part.evaluated.outcomes
        var elements: [ModelNumber] = []
        for record in reading.records {
            guard let digest = record.choices, let bytes = try blobs.bytes(digest) else {
                throw Absence(why: "choices are not beside the records")
            }
            elements += ChoiceType(record.result).choices(in: bytes)
        }
        guard elements.count == run.points.count * outcomes.items,
            Int(elements.max() ?? 0) <= outcomes.models
        else { throw Absence(why: "choices are not of the items found") }
        return Matrix(rows: run.points.count, columns: outcomes.items, elements: elements)
    }
}

extension Matrix<Double> {
    fileprivate mutating func add(_ other: Matrix<Double>, dividedBy divisor: Double) {
        for place in elements.indices { elements[place] += other.elements[place] / divisor }
    }

    fileprivate mutating func divide(by divisor: Double) {
        guard divisor != 1 else { return }
        for place in elements.indices { elements[place] /= divisor }
    }
}
