import Foundation
import Grid
package import RouteGridBase
import RoutingData

/// At which price of a model two neighbouring rows of a board swap by their bill.
///
/// The bill of a row is its mean cost + p · (1 − accuracy), p being what a wrong answer costs; both are read where the
/// board reads them, and choices stay as they are. The scalar is the factor f on all prices of one model (in, out and
/// request), all else equal: a row's mean cost is a straight line in it, mean cost + (f − 1) · what the row spends on
/// the model. Two lines meet at
/// f = 1 − (bill A − bill B) ÷ (spending A − spending B), without a search; f below 0 is no price.
///
/// The board's ranking metric is not solved for: an area over the pool's cost range changes with every price of a model
/// at the ends of that range.
package struct BreakEvenPrices: Sendable {
    /// A pair of rows and a model.
    package struct Swap: Sendable {
        package let first: RowNames.Entry
        package let second: RowNames.Entry
        package let model: String
        /// What the model's prices are multiplied with where both bills are equal.
        package let factor: Double
        /// Whether the first row has the lower bill at lower prices of the model.
        package let firstIsLowerBelow: Bool
        /// Members `in`, `out` and `request` at that factor; nil where costs are of no price sheet.
        package let prices: [String: Double]?

        package var below: RowNames.Entry { firstIsLowerBelow ? first : second }
        package var above: RowNames.Entry { firstIsLowerBelow ? second : first }
    }

    /// What a wrong answer costs, in the tables' cost unit.
    package let wrongAnswer: Double
    /// By table, then down its rows, then by model.
    package private(set) var swaps: [Swap] = []
    /// Pairs that no price of a model swaps.
    package private(set) var fixedPairs: [(first: RowNames.Entry, second: RowNames.Entry)] = []
    /// Rows and tables that were left out, and why.
    package private(set) var notes: [String] = []

    /// - Parameters:
    ///   - aggregation: the board with its records.
    ///   - wrongAnswer: what a wrong answer costs, at least 0.
    ///   - blobs: where data and choices are.
    /// - Throws: `checkFailed` when a blob is damaged; `badInput` when blobs do not fit together.
    package init(
        of aggregation: Aggregation,
        wrongAnswer: Double,
        blobs: BlobFolders
    ) throws(RouteGridError) {
        self.wrongAnswer = wrongAnswer
        let names = RowNames(aggregation.board)
        for (number, section) in aggregation.board.sections.enumerated() {
            do {
                try add(section, number, names, aggregation.tables, blobs)
            } catch let error as RouteGridError {
                throw error
            } catch let absence as Absence {
                notes.append("\(section.key.dataset): \(absence.why)")
            } catch {
                throw RouteGridError(.system, "break-even prices: \(error)")
            }
        }
    }

    private mutating func add(
        _ section: BoardSection,
        _ number: Int,
        _ names: RowNames,
        _ tables: KnownTables,
        _ blobs: BlobFolders
    ) throws {
        var parts: [Int: EvaluatedPart] = [:]
        var rows: [(entry: RowNames.Entry, spending: ModelSpending)] = []
        var table: KnownTables.Table?
        for (place, row) in section.rows.enumerated() where row.place != nil {
            guard let entry = names.entry(section: number, row: place) else { continue }
            do {
                for run in row.runs where parts[run.splitIndex] == nil {
                    guard let record = run.reading?.records.first else { continue }
                    parts[run.splitIndex] = try EvaluatedPart(of: record, tables: tables, blobs: blobs)
                    table = table ?? tables.tables(of: record.job.json).first
                }
                rows.append((entry, try ModelSpending(of: row, on: parts, blobs: blobs)))
            } catch let absence as Absence { notes.append("\(entry.slug): \(absence.why)") }
        }
        guard let table else { return }
        let prices = try Self.prices(of: table, blobs)
        for (first, second) in zip(rows, rows.dropFirst()) {
            var found: [Swap] = []
            for (column, model) in table.models.enumerated() {
                guard let factor = factor(first.spending, second.spending, column) else { continue }
                found.append(
                    Swap(
                        first: first.entry,
                        second: second.entry,
                        model: model,
                        factor: factor,
                        firstIsLowerBelow: first.spending.costs[column] > second.spending.costs[column],
                        prices: prices?[model]?.mapValues { $0 * factor }
                    )
                )
            }
            if found.isEmpty { fixedPairs.append((first.entry, second.entry)) }
            swaps += found
        }
    }

    /// Nil where no price of the model makes the bills equal.
    private func factor(_ first: ModelSpending, _ second: ModelSpending, _ model: Int) -> Double? {
        let slope = first.costs[model] - second.costs[model]
        // Sums of the same costs in another order differ by rounding.
        let scale = max(abs(first.costs[model]), abs(second.costs[model]))
        guard abs(slope) > scale * 1e-12 else { return nil }
        var gap = wrongAnswer * (second.accuracy - first.accuracy)
        for (a, b) in zip(first.costs, second.costs) { gap += a - b }
        let factor = 1 - gap / slope
        return factor >= 0 && factor.isFinite ? factor : nil
    }

    private static func prices(
        of table: KnownTables.Table,
        _ blobs: BlobFolders
    ) throws(RouteGridError) -> [String: [String: Double]]? {
        guard case .prices(_, _, let digest) = table.cost, let bytes = try blobs.bytes(digest) else { return nil }
        let sheet = try JSONValue(parsing: bytes, place: "blob \(digest)")
        return sheet["models"]?.objectValue?.mapValues { ($0.objectValue ?? [:]).compactMapValues(\.numberValue) }
    }

    // MARK: Forms

    /// Member `break_even` of what `reprice` prints.
    package var json: JSONValue {
        [
            "by": "bill", "wrong_answer": .double(wrongAnswer),
            "scalar": "factor on all prices of one model, choices and all other prices as they are",
            "swaps": .array(
                swaps.map { swap in
                    [
                        "first": .string(swap.first.slug), "second": .string(swap.second.slug),
                        "model": .string(swap.model), "factor": .double(swap.factor),
                        "prices": swap.prices.map { .object($0.mapValues { .double($0) }) } ?? .null,
                        "lower_bill_below": .string(swap.below.slug), "lower_bill_above": .string(swap.above.slug),
                    ]
                }
            ),
            "never": .array(
                fixedPairs.map { ["first": .string($0.first.slug), "second": .string($0.second.slug)] }
            ),
            "left_out": JSONValue(notes),
        ]
    }
}
