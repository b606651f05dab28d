import Foundation
import Grid
import RouteGridBase
import RouterCatalog
import RoutingCore
import RoutingData

/// Blocks of resamples of the parts of a section's splits, shared by all of its rows.
///
/// An item that several splits test has one weight in all of them (the weights' split index is the section's lowest): else
/// the interval of a mean over overlapping test parts would be too narrow.
struct SectionResamples: Sendable {
    private struct ClusteredPart: Sendable {
        let part: EvaluatedPart
        /// The cluster of each item.
        let clusters: [String]
    }

    /// Some resamples of every part.
    struct Block: Sendable {
        fileprivate let bootstraps: [Int: PairedBootstrap]
    }

    private let parts: [Int: ClusteredPart]
    private let seed: Int
    /// How many independent clusters are drawn, weighed by their share of the items of each part.
    let clusters: ClusterCount
    /// Whether every item is a cluster of its own.
    let isByItem: Bool
    let replicates: Int

    /// - Parameters:
    ///   - records: One record a split index.
    ///   - statistics: How, and from what.
    /// - Throws: ``Absence`` when the data are not there or are too many; `checkFailed` when a blob is damaged.
    init(of records: [Int: ScoredRecord], _ statistics: BoardStatistics) throws {
        let settings = statistics.settings
        var parts: [Int: ClusteredPart] = [:]
        for (index, record) in records {
            let part = try EvaluatedPart(of: record, tables: statistics.tables, blobs: statistics.blobs)
            let cluster = settings.cluster(of: record.job)
            let clusters = part.samples.map { cluster == .prompt ? $0.group : $0.id }
            parts[index] = ClusteredPart(part: part, clusters: clusters)
        }
        let sizes = parts.mapValues { Set($0.clusters).count }
        let total = sizes.values.reduce(0, +)
        guard total * min(settings.bootstrap, BoardStatistics.blockSize) <= BoardStatistics.weightLimit else {
            throw Absence(why: "\(total) clusters of items are more than fit into memory")
        }
        self.parts = parts
        seed = settings.seed
        replicates = settings.bootstrap
        var shares: [String: Double] = [:]
        for (_, part) in parts.sorted(by: { $0.key < $1.key }) {
            for cluster in part.clusters { shares[cluster, default: 0] += 1 / Double(part.clusters.count) }
        }
        clusters = ClusterCount(weights: shares.sorted { $0.key < $1.key }.map(\.value))
        isByItem = parts.allSatisfy { $0.value.clusters.count == sizes[$0.key] }
    }

    /// The resamples with some numbers.
    func block(_ numbers: Range<Int>) -> Block {
        let lowest = parts.keys.min() ?? 0
        return Block(
            bootstraps: parts.mapValues { clustered in
                let weights = BootstrapWeights(
                    clusters: clustered.clusters,
                    replicates: numbers.count,
                    first: numbers.lowerBound,
                    seed: seed,
                    splitIndex: lowest
                )
                // Sparse products alone: float64, and the same bits with every BLAS.
                return PairedBootstrap(
                    clustered.part.ground,
                    outcomes: clustered.part.outcomes,
                    weights: weights,
                    sparseLimit: .max
                )
            }
        )
    }

    /// The metrics of a row on every resample of a block.
    ///
    /// - Parameters:
    ///   - row: With a record in every run.
    ///   - metrics: Which.
    ///   - block: Which resamples.
    ///   - blobs: Where choices are.
    /// - Returns: `[metrics, resamples]`, means over the runs as ``RunMeans`` takes them; NaN where some run has no value.
    /// - Throws: ``Absence`` when choices are not there or are not the record's; `checkFailed` when a blob is damaged.
    func replicates(
        of row: BoardRow,
        metrics: [CurveMetric],
        block: Block,
        blobs: BlobFolders
    ) throws -> Matrix<Double> {
        var bySplit: [Int: [Matrix<Double>]] = [:]
        for run in row.runs {
            let values = try replicates(of: run, metrics: metrics, block: block, blobs: blobs)
            bySplit[run.splitIndex, default: []].append(values)
        }
        return Self.mean(bySplit.sorted { $0.key < $1.key }.map { Self.mean($0.value) })
    }

    private func replicates(
        of run: BoardRun,
        metrics: [CurveMetric],
        block: Block,
        blobs: BlobFolders
    ) throws -> Matrix<Double> {
        guard let reading = run.reading else { throw Absence(why: "the records do not make one curve") }
        guard let part = parts[run.splitIndex]?.part, let bootstrap = block.bootstraps[run.splitIndex] else {
            throw Absence(why: "a split has no record to find its data by")
        }
        let outcomes = part.outcomes
        var elements: [ModelNumber] = []
        for record in reading.records {
            guard let digest = record.choices, let bytes = try blobs.bytes(digest) else {
                throw Absence(why: "choices are not beside the records")
            }
            elements += ChoiceType(record.result).choices(in: bytes)
        }
        guard elements.count == run.points.count * outcomes.items,
            elements.allSatisfy({ Int($0) < outcomes.models })
        else { throw Absence(why: "choices are not of the items found") }
        let choices = Matrix(rows: run.points.count, columns: outcomes.items, elements: elements)
        // The record says what its choices come to: the same sums in the same way give the same bits.
        let points = outcomes.points(of: choices)
        guard zip(points, run.points).allSatisfy({ $0.cost == $1.cost && $0.accuracy == $1.accuracy }) else {
            throw Absence(why: "choices do not give the points of their records on the data found")
        }
        let reference = part.ground.reference(on: outcomes, picks: reading.picks)
        return bootstrap.replicates(of: metrics, choices: choices, reference: reference)
    }

    private static func mean(_ matrices: [Matrix<Double>]) -> Matrix<Double> {
        guard var sum = matrices.first, matrices.count > 1 else {
            return matrices.first ?? Matrix(rows: 0, columns: 0, elements: [])
        }
        for matrix in matrices.dropFirst() {
            for place in sum.elements.indices { sum.elements[place] += matrix.elements[place] }
        }
        for place in sum.elements.indices { sum.elements[place] /= Double(matrices.count) }
        return sum
    }
}
