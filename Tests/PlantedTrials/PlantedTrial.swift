import Foundation
import RouteGridBase

/// Tables whose truth is known, each through the whole of the real code, and what their boards may at most get wrong.
package protocol PlantedTrial: Sendable {
    /// What one table comes to.
    associatedtype Outcome: Sendable

    /// What it is called on the command line.
    var name: String { get }
    /// Tables of the full measurement.
    var usualTables: Int { get }

    /// Makes one table and its board.
    func outcome(table: Int, seed: Int) throws -> Outcome

    /// What the tables come to together.
    func bars(_ outcomes: [Outcome]) -> [Bar]
}

extension PlantedTrial {
    /// Measures a number of tables.
    ///
    /// - Parameters:
    ///   - tables: how many; nil for the usual number.
    ///   - seed: the same seed makes the same tables.
    ///   - threads: tables computed at a time.
    ///   - progress: called after each table with how many are done and how many there are.
    /// - Returns: what was measured.
    /// - Throws: what the first table that failed threw.
    package func measure(
        tables: Int? = nil,
        seed: Int = 1,
        threads: Int = 1,
        progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) throws -> [Bar] {
        let count = tables ?? usualTables
        let found = LockedBox<[Int: Result<Outcome, any Error>]>([:])
        let next = LockedBox(0)
        DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
            while true {
                let table = next.withLock { number in
                    defer { number += 1 }
                    return number
                }
                guard table < count else { return }
                let result = Result { try outcome(table: table, seed: seed) }
                if case .failure = result { next.withLock { $0 = count } }
                let done = found.withLock { known in
                    known[table] = result
                    return known.count
                }
                progress(done, count)
            }
        }
        return try bars(found.withLock { known in try (0..<count).compactMap { try known[$0]?.get() } })
    }
}

/// Every trial, in the order of the bars.
package enum PlantedTrials {
    package static let all: [any PlantedTrial] = [
        EqualCandidates(split: .random), EqualCandidates(split: .folds), EqualCandidates(split: .twins),
        NoRoutingPossible(), HalfOfTheCost(), EqualRows(kind: .twins), EqualRows(kind: .singles),
        EqualRows(kind: .neighbours), StatisticsSeeds(rows: 40), StatisticsSeeds(rows: 120), SparseModel(),
        OracleBound(), MetricCoverage(), VerdictTrial(kind: .better), VerdictTrial(kind: .cheaper),
        VerdictTrial(kind: .tied), VerdictTrial(kind: .few), VerdictTrial(kind: .worse),
        OverallRanks(), NightHistories(hasDrop: false), NightHistories(hasDrop: true),
    ]
}
