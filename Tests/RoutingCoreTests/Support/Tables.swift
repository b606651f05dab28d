import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData

/// Random small tables with all that is awkward about real ones: ties, missing cells, one item, one model.
struct RandomTables {
    var generator: Xoshiro256
    let items: Int
    let models: Int

    init(seed: Int) {
        generator = Xoshiro256(seed: HashedText.digest(["random tables", String(seed)]))
        items = 1 + generator.below(seed % 5 == 0 ? 1 : 12)
        models = 1 + generator.below(seed % 7 == 0 ? 1 : 6)
    }

    /// `rows` × `models` numbers; few distinct ones when `levels` is small, NaN with a probability.
    mutating func matrix(rows: Int? = nil, levels: Int, missing: Double = 0) -> Matrix<Double> {
        let rows = rows ?? items
        let elements = (0..<rows * models).map { _ -> Double in
            let value = levels > 50 ? generator.uniform() : Double(generator.below(levels)) / Double(max(levels - 1, 1))
            return generator.uniform() < missing ? .nan : value
        }
        return Matrix(rows: rows, columns: models, elements: elements)
    }

    /// A table of `items` test rows after `trainRows` train rows; quality and cost miss the same cells.
    mutating func table(trainRows: Int, levels: Int, missing: Double) -> (table: OutcomeTable, parts: SplitParts) {
        let rows = items + trainRows
        let quality = matrix(rows: rows, levels: 2, missing: missing)
        var cost = matrix(rows: rows, levels: levels)
        for cell in quality.elements.indices where quality.elements[cell].isNaN { cost.elements[cell] = .nan }
        let table = OutcomeTable(
            models: (0..<models).map { "m\($0)" },
            samples: (0..<rows).map { Sample(id: "s\($0)", dataset: "d\($0 % 2)", group: "g\($0)") },
            quality: quality,
            cost: cost
        )
        let parts = SplitParts(train: Array(0..<trainRows), dev: [], test: Array(trainRows..<rows))
        return (table, parts)
    }
}

/// Numbers with the mean taken the slow way: what sweeps must equal to the bit.
enum BruteForce {
    /// The exactly rounded mean: expansion arithmetic would be overkill, the extended type is wide enough here.
    static func mean(_ values: [Double]) -> Double {
        #if arch(x86_64)
        Double(values.reduce(Float80(0)) { $0 + Float80($1) }) / Double(values.count)
        #else
        values.reduce(0, +) / Double(values.count)
        #endif
    }

    static func point(_ choices: [Int], _ outcomes: ItemOutcomes) -> OperatingPoint {
        OperatingPoint(
            cost: mean(choices.enumerated().map { outcomes.cost[$0, $1] }),
            accuracy: mean(choices.enumerated().map { outcomes.quality[$0, $1] })
        )
    }

    /// Among some models of an item the one with the highest score; equals as the mode says.
    static func argmax(
        _ candidates: [Int],
        score: (Int) -> Double,
        cost: (Int) -> Double,
        pool: PoolStatistics,
        mode: EvaluationMode
    ) -> Int? {
        candidates.min { a, b in
            if score(a) != score(b) { return score(a) > score(b) }
            if mode == .sound, cost(a) != cost(b) { return cost(a) < cost(b) }
            if mode == .sound {
                let (x, y) = (pool.byCost.firstIndex(of: a) ?? 0, pool.byCost.firstIndex(of: b) ?? 0)
                return x < y
            }
            return a < b
        }
    }
}

/// Files under `Golden/`.
enum GoldenFiles {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Golden/\(name)").path
    }

    static func matrix(_ name: String) throws -> Matrix<Double> {
        let array = try NumpyArray(file: path(name))
        return Matrix(rows: array.shape[0], columns: array.shape[1], elements: try array.doubles())
    }

    static func rows(_ name: String) throws -> [Int] { try NumpyArray(file: path(name)).integers() }

    /// digits_vqa without embeddings, with the peer's split.
    static func digits() throws -> (table: OutcomeTable, parts: SplitParts) {
        let quality = try matrix("digits_vqa/quality.npy")
        let table = OutcomeTable(
            models: (0..<quality.columns).map { "m\($0)" },
            samples: (0..<quality.rows).map { Sample(id: "s\($0)", dataset: "digits", group: "s\($0)") },
            quality: quality,
            cost: try matrix("digits_vqa/cost.npy")
        )
        let parts = SplitParts(
            train: try rows("digits_vqa/train_idx.npy"),
            dev: [],
            test: try rows("digits_vqa/test_idx.npy")
        )
        return (table, parts)
    }
}

/// A router whose answer is given: whatever part it is asked about, the rows of its matrices.
struct AnsweringRouter: FittedRouter {
    /// `[table rows, models]`.
    var quality: Matrix<Double>
    var cost: Matrix<Double>

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput {
        .predictions(quality: quality.rows(rows), cost: cost.rows(rows))
    }
}
