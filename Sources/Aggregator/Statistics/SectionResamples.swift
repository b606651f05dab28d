import Foundation
import Grid
import RouteGridBase
import RoutingCore
import RoutingData

/// The parts of a section's splits with their resampling weights, shared by all of its rows.
///
/// An item that several splits test has one weight in all of them (the weights' split index is the section's lowest): else
/// the interval of a mean over overlapping test parts would be too narrow.
struct SectionResamples: Sendable {
    private struct ResampledPart: Sendable {
        let part: EvaluatedPart
        let bootstrap: PairedBootstrap
    }

    private let parts: [Int: ResampledPart]
    /// How many independent clusters are drawn.
    let clusters: Int
    /// Whether every item is a cluster of its own.
    let isByItem: Bool
    let replicates: Int

    /// - Parameters:
    ///   - records: One record a split index.
    ///   - statistics: How, and from what.
    /// - Throws: ``Absence`` when the data are not there or are too many; `checkFailed` when a blob is damaged.
    init(of records: [Int: ScoredRecord], _ statistics: BoardStatistics) throws {
        let settings = statistics.settings
        var found: [(index: Int, part: EvaluatedPart, clusters: [String])] = []
        for (index, record) in records.sorted(by: { $0.key < $1.key }) {
            let part = try EvaluatedPart(of: record, tables: statistics.tables, blobs: statistics.blobs)
            found.append((index, part, part.samples.map { settings.cluster == .prompt ? $0.group : $0.id }))
        }
        let sizes = found.map { Set($0.clusters).count }
        let needed = sizes.reduce(0, +) * settings.bootstrap
        guard needed <= BoardStatistics.weightLimit else {
            throw Absence(
                why: "\(settings.bootstrap) resamples of \(sizes.reduce(0, +)) clusters do not fit into memory: lower "
                    + "statistics.bootstrap"
            )
        }
        let lowest = found.first?.index ?? 0
        var parts: [Int: ResampledPart] = [:]
        for (index, part, clusters) in found {
            let weights = BootstrapWeights(
                clusters: clusters,
                replicates: settings.bootstrap,
                seed: settings.seed,
                splitIndex: lowest
            )
            // Sparse products alone: float64, and the same bits with every BLAS.
            let bootstrap = PairedBootstrap(
                part.ground,
                outcomes: part.outcomes,
                weights: weights,
                sparseLimit: .max
            )
            parts[index] = ResampledPart(part: part, bootstrap: bootstrap)
        }
        self.parts = parts
        clusters = Set(found.flatMap(\.clusters)).count
        isByItem = zip(found, sizes).allSatisfy { $0.part.samples.count == $1 }
        replicates = settings.bootstrap
    }

    /// The metrics of a row on every resample.
    ///
    /// - Parameters:
    ///   - row: With a record in every run.
    ///   - metrics: Which.
    ///   - blobs: Where choices are.
    /// - Returns: `[metrics, replicates]`, means over the runs as ``RunMeans`` takes them; NaN where some run has no value.
    /// - Throws: ``Absence`` when choices are not there or are not the record's; `checkFailed` when a blob is damaged.
    func replicates(of row: BoardRow, metrics: [CurveMetric], blobs: BlobFolders) throws -> Matrix<Double> {
        var bySplit: [Int: [Matrix<Double>]] = [:]
        for run in row.runs {
            bySplit[run.splitIndex, default: []].append(try replicates(of: run, metrics: metrics, blobs: blobs))
        }
        return Self.mean(bySplit.sorted { $0.key < $1.key }.map { Self.mean($0.value) })
    }

    private func replicates(of run: BoardRun, metrics: [CurveMetric], blobs: BlobFolders) throws -> Matrix<Double> {
        guard let reading = run.reading else { throw Absence(why: "the records do not make one curve") }
        guard let resampled = parts[run.splitIndex] else { throw Absence(why: "a split without data") }
        let outcomes = resampled.part.outcomes
        var elements: [UInt8] = []
        for record in reading.records {
            guard let digest = record.choices, let bytes = try blobs.bytes(digest) else {
                throw Absence(why: "choices are not beside the records")
            }
            elements += bytes
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
        let reference = resampled.part.ground.reference(
            on: outcomes,
            largest: reading.largest,
            peak: reading.peak,
            parity: reading.parity
        )
        return resampled.bootstrap.replicates(of: metrics, choices: choices, reference: reference)
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
