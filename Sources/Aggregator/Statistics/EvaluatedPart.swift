import Catalog
import Grid
import RouteGridBase
import RoutingData
import Scoring

/// The items that records were read on: what recomputing a record on resamples stands on.
struct EvaluatedPart: Sendable {
    let ground: EvaluationGround
    let outcomes: ItemOutcomes
    /// Who the items are, in the order of the choices.
    let samples: [Sample]
    /// The pool.
    let models: [String]

    /// The model of the highest mean train cost; nil where none has one.
    var dearest: Int? { ground.pool.byCost.last { !ground.pool.meanCost[$0].isNaN } }

    /// Finds the table of a record and checks that the record was made on it.
    ///
    /// - Parameters:
    ///   - record: Any record of the split.
    ///   - tables: Where to look.
    ///   - blobs: The content of the tables.
    /// - Throws: ``Absence`` when no table fits, `checkFailed` when a blob is damaged.
    init(of record: ScoredRecord, tables: KnownTables, blobs: BlobFolders) throws {
        let candidates = tables.tables(of: record.job.json)
        guard !candidates.isEmpty else {
            let isKnown = !tables.tables(ofData: record.job["data"]?.stringValue ?? "").isEmpty
            throw Absence(
                why: isKnown
                    ? "the records' costs are not those of the data found beside them"
                    : "no grid.lock.json or tables.json says what the data are"
            )
        }
        guard let mode = EvaluationMode(rawValue: record.mode), let part = EvaluationPart(rawValue: record.part) else {
            throw Absence(why: "the records are of a mode or part that this build does not have")
        }
        let revision = record.job["revisions"]?["metrics"]?.integerValue ?? 1
        guard revision == CurveMetric.revision else {
            throw Absence(
                why: "the records hold metrics of revision \(revision), this build computes revision "
                    + "\(CurveMetric.revision): run them again for intervals and ranks"
            )
        }
        let minCoverage = record.job["min_coverage"]?.numberValue ?? ReferenceCoverage.standard
        let claimed = try CurveReference(
            record.reference ?? .null,
            mode: mode,
            place: "record \(record.jobKey)"
        )
        let split = try Split(recorded: record.job["split"] ?? .null)
        for table in candidates {
            let known = try table.outcomes(blobs)
            let ground = try EvaluationGround(
                known,
                parts: try split.parts(of: known.samples),
                mode: mode,
                minCoverage: minCoverage
            )
            let outcomes = try ground.outcomes(of: part)
            guard ground.isGround(of: claimed, on: outcomes) else { continue }
            (self.ground, self.outcomes) = (ground, outcomes)
            samples = try ground.rows(of: part).map { known.samples[$0] }
            models = known.models
            return
        }
        throw Absence(why: "the records' reference values are not those of the data found beside them")
    }
}

extension EvaluationGround {
    /// Whether single models, oracle and cost range are those that a record names, to the bit.
    fileprivate func isGround(of claimed: CurveReference, on outcomes: ItemOutcomes) -> Bool {
        let found = reference(on: outcomes, picks: claimed.picks)
        return found.lowestCost == claimed.lowestCost && found.highestCost == claimed.highestCost
            && found.strongCost == claimed.strongCost && found.cheapest == claimed.cheapest
            && found.best == claimed.best && found.oracleAccuracy == claimed.oracleAccuracy
    }
}

extension KnownTables.Table {
    /// The outcomes, without embeddings.
    ///
    /// - Throws: ``Absence`` when a blob is not there; `badInput` when the blobs do not fit together.
    fileprivate func outcomes(_ blobs: BlobFolders) throws -> OutcomeTable {
        func bytes(_ digest: Digest) throws -> [UInt8] {
            guard let bytes = try blobs.bytes(digest) else {
                throw Absence(why: "the blobs of the outcomes are not beside the records")
            }
            return bytes
        }
        func matrix(_ digest: Digest) throws -> Matrix<Double> {
            try TensorBlob.decodeDoubles(try bytes(digest), place: "blob \(digest)")
        }
        let costs: Matrix<Double>
        switch cost {
        case .tensor(let digest): costs = try matrix(digest)
        case .prices(let tokensIn, let tokensOut, let prices):
            costs = try PricedCost.matrix(
                tokensIn: try matrix(tokensIn),
                tokensOut: try matrix(tokensOut),
                prices: try bytes(prices),
                models: models
            )
        }
        let table = OutcomeTable(
            models: models,
            samples: try SampleList.decode(try bytes(samples), place: "blob \(samples)"),
            quality: try matrix(quality),
            cost: costs
        )
        for matrix in [table.quality, table.cost]
        where matrix.rows != table.samples.count || matrix.columns != models.count {
            throw RouteGridError.badInput("blob \(quality)", "a tensor of another shape than its samples and models")
        }
        return table
    }
}
