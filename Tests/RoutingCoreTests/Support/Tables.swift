import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport

/// Numbers with the mean taken the slow way: what sweeps must equal to the bit.
enum BruteForce {
    static func point(_ choices: [Int], _ outcomes: ItemOutcomes) -> OperatingPoint {
        OperatingPoint(
            cost: exactMean(choices.enumerated().map { outcomes.cost[$0, $1] }),
            accuracy: exactMean(choices.enumerated().map { outcomes.quality[$0, $1] })
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

/// A router whose predictions are given: for whatever part, the rows of its matrices.
struct AnsweringRouter: FittedRouter {
    /// `[table rows, models]`.
    var quality: Matrix<Double>
    var cost: Matrix<Double>

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput {
        .predictions(quality: quality.rows(rows), cost: cost.rows(rows))
    }
}
