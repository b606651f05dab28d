import Catalog
import Glibc
import Grid
import RouteGridBase
import RoutingData
import Scoring
import Wire

/// Builds tables from cached blobs; the most recently used tensors stay in memory.
struct TableLoader {
    private var doubles = RecentlyUsed<Digest, Matrix<Double>>(capacity: 8)
    private var floats = RecentlyUsed<Digest, Matrix<Float>>(capacity: 6)
    private var samples = RecentlyUsed<Digest, [Sample]>(capacity: 4)
    private var splits = RecentlyUsed<SplitKey, SplitParts>(capacity: 16)
    private var grounds = RecentlyUsed<GroundKey, EvaluationGround>(capacity: 4)

    private struct SplitKey: Hashable {
        var samples: Digest
        var split: Split
    }

    /// Everything that determines a ground.
    private struct GroundKey: Hashable {
        var samples: Digest
        var models: [String]
        var quality: Digest
        var cost: CostIdentity
        var text: Digest?
        var image: Digest?
        var split: Split
        var mode: EvaluationMode
        var minCoverage: Double
    }

    /// The table that a fit and its evaluations read, with the rows of its split, and what fits on it share.
    ///
    /// - Parameters:
    ///   - fit: what is fitted.
    ///   - jobs: the evaluations of the fit.
    ///   - paths: the files of the blobs.
    ///   - withEmbeddings: false for a table of outcomes alone.
    /// - Returns: the ground of the table as loaded, with every embedding that is named; the table itself; its parts.
    /// - Throws: `temporary` when a blob is missing from its place, `badInput` when blobs do not fit together.
    mutating func load(
        _ fit: FitIdentity,
        _ jobs: [CellIdentity],
        paths: [Digest: String],
        withEmbeddings: Bool = true
    ) throws -> (ground: EvaluationGround, table: OutcomeTable, parts: SplitParts) {
        guard let job = jobs.first else { throw RouteGridError(.badInput, "a task without cells") }
        let data = job.data
        let rows = try samples.value(data.samples) {
            try SampleList.decode(try Self.bytes(data.samples, paths), place: "blob \(data.samples)")
        }
        let text = withEmbeddings ? fit.data.text ?? jobs.lazy.compactMap(\.data.text).first : nil
        let image = withEmbeddings ? fit.data.image ?? jobs.lazy.compactMap(\.data.image).first : nil
        let table = OutcomeTable(
            models: data.models,
            samples: rows,
            quality: try matrix(data.quality, paths),
            cost: try cost(fit.data.cost ?? job.cost, models: data.models, paths),
            text: try text.map { try embedding($0, paths) },
            image: try image.map { try embedding($0, paths) }
        )
        try Self.check(table)
        let parts = try splits.value(SplitKey(samples: data.samples, split: fit.split)) {
            try fit.split.parts(of: rows)
        }
        let key = GroundKey(
            samples: data.samples,
            models: data.models,
            quality: data.quality,
            cost: fit.data.cost ?? job.cost,
            text: text,
            image: image,
            split: fit.split,
            mode: fit.mode,
            minCoverage: fit.minCoverage
        )
        let ground = try grounds.value(key) {
            try EvaluationGround(table, parts: parts, mode: fit.mode, minCoverage: fit.minCoverage)
        }
        return (ground, table, parts)
    }

    private mutating func cost(
        _ identity: CostIdentity,
        models: [String],
        _ paths: [Digest: String]
    ) throws -> Matrix<Double> {
        switch identity {
        case .tensor(let digest): return try matrix(digest, paths)
        case .prices(let tokensIn, let tokensOut, let prices):
            return try PricedCost.matrix(
                tokensIn: try matrix(tokensIn, paths),
                tokensOut: try matrix(tokensOut, paths),
                prices: try Self.bytes(prices, paths),
                models: models
            )
        }
    }

    private mutating func matrix(_ digest: Digest, _ paths: [Digest: String]) throws -> Matrix<Double> {
        try doubles.value(digest) {
            try TensorBlob.decodeDoubles(try Self.bytes(digest, paths), place: "blob \(digest)")
        }
    }

    private mutating func embedding(_ digest: Digest, _ paths: [Digest: String]) throws -> Matrix<Float> {
        try floats.value(digest) {
            try TensorBlob.decodeFloats(try Self.bytes(digest, paths), place: "blob \(digest)")
        }
    }

    /// The content of the file that a router's parameters name by its digest; nil without one.
    ///
    /// - Throws: as ``load(_:_:paths:)``.
    static func file(of router: RouterConfiguration, paths: [Digest: String]) throws -> [UInt8]? {
        let parameters = try RouterCatalog.descriptor(of: router.kind).parameters
        guard let name = parameters.first(where: { $0.domain == .file })?.name,
            let digest = router.parameters[name]?.stringValue.flatMap({ Digest(hex: $0) })
        else { return nil }
        return try bytes(digest, paths)
    }

    private static func bytes(_ digest: Digest, _ paths: [Digest: String]) throws -> [UInt8] {
        guard let path = paths[digest] else {
            throw RouteGridError(.badInput, "the lease names no blob \(digest), which its fit reads")
        }
        let bytes: [UInt8]
        do { bytes = try FileBytes.read(path) } catch {
            // Another worker's cache limit may have removed it: a retry fetches it again.
            throw RouteGridError(.temporary, "\(error)")
        }
        guard Digest(hashing: bytes) == digest else {
            // With the file removed, the next lease fetches it again.
            unlink(path)
            throw RouteGridError(
                .temporary,
                "\(path): the cached blob had other bytes than its name says, and was removed"
            )
        }
        return bytes
    }

    private static func check(_ table: OutcomeTable) throws {
        let (rows, models) = (table.samples.count, table.models.count)
        for matrix in [table.quality, table.cost] where matrix.rows != rows || matrix.columns != models {
            throw RouteGridError.badInput(
                "data",
                "a tensor of \(matrix.rows) × \(matrix.columns) for \(rows) samples and \(models) models"
            )
        }
        for matrix in [table.text, table.image].compactMap({ $0 }) where matrix.rows != rows {
            throw RouteGridError.badInput("data", "an embedding of \(matrix.rows) rows for \(rows) samples")
        }
    }
}
