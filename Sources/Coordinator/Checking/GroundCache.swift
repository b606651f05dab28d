import Catalog
import Grid
import RouteGridBase
import RoutingData
import Scoring

/// The outcomes that records are checked against, built from the store's blobs; a few stay in memory.
final class GroundCache: Sendable {
    /// What determines a ground; embeddings do not.
    private struct Name: Hashable {
        let samples: Digest
        let models: [String]
        let quality: Digest
        let cost: CostIdentity
        let split: Split
        let mode: EvaluationMode
        let minCoverage: Double
    }

    private let kept = LockedBox<[(name: Name, ground: EvaluationGround)]>([])
    private static let limit = 4
    /// Blobs beyond this size are not read for a check.
    static let byteLimit = 256 << 20

    /// The ground of an evaluation; nil when a blob of it is not in the store, or too large to be read for this.
    ///
    /// - Throws: `badInput` when the blobs do not fit together.
    func ground(
        _ fit: FitIdentity,
        _ job: JobIdentity,
        _ store: RecordStore
    ) throws(RouteGridError) -> EvaluationGround? {
        let name = Name(
            samples: job.data.samples,
            models: job.data.models,
            quality: job.data.quality,
            cost: fit.data.cost ?? job.cost,
            split: fit.split,
            mode: fit.mode,
            minCoverage: fit.minCoverage
        )
        if let known = kept.withLock({ $0.first { $0.name == name }?.ground }) { return known }
        guard let table = try table(name, store) else { return nil }
        let made = try EvaluationGround(
            table,
            parts: fit.split.parts(of: table.samples),
            mode: name.mode,
            minCoverage: name.minCoverage
        )
        kept.withLock {
            // The oldest goes: runs that alternate among more grounds than are kept read theirs again.
            if $0.count >= Self.limit { $0.removeFirst() }
            $0.append((name, made))
        }
        return made
    }

    private func table(_ name: Name, _ store: RecordStore) throws(RouteGridError) -> OutcomeTable? {
        func matrix(_ digest: Digest) throws(RouteGridError) -> Matrix<Double>? {
            guard let bytes = try bytes(digest, store) else { return nil }
            return try TensorBlob.decodeDoubles(bytes, place: "blob \(digest)")
        }
        guard let rows = try bytes(name.samples, store), let quality = try matrix(name.quality) else { return nil }
        let cost: Matrix<Double>
        switch name.cost {
        case .tensor(let digest):
            guard let found = try matrix(digest) else { return nil }
            cost = found
        case .prices(let tokensIn, let tokensOut, let prices):
            guard let tokensIn = try matrix(tokensIn), let tokensOut = try matrix(tokensOut),
                let prices = try bytes(prices, store)
            else { return nil }
            cost = try PricedCost.matrix(tokensIn: tokensIn, tokensOut: tokensOut, prices: prices, models: name.models)
        }
        let samples = try SampleList.decode(rows, place: "blob \(name.samples)")
        for matrix in [quality, cost] where matrix.rows != samples.count || matrix.columns != name.models.count {
            throw .badInput("data", "a tensor of another shape than its samples and models")
        }
        return OutcomeTable(models: name.models, samples: samples, quality: quality, cost: cost)
    }

    private func bytes(_ digest: Digest, _ store: RecordStore) throws(RouteGridError) -> [UInt8]? {
        guard let blob = try store.blob(digest, from: 0, count: Self.byteLimit), blob.total <= Self.byteLimit else {
            return nil
        }
        return blob.bytes
    }
}
