import Catalog
import RoutingData

/// Which models of a pool answered a row correctly, and which of them is cheapest.
///
/// Correct means a quality of at least ``EvaluationMode/correctFrom``. A missing outcome is never correct and never
/// cheapest.
struct CorrectModels: Sendable {
    let table: OutcomeTable
    private let threshold: Double

    init(_ table: OutcomeTable, mode: EvaluationMode) {
        self.table = table
        threshold = mode.correctFrom
    }

    func isCorrect(_ row: Int, _ model: Int) -> Bool { table.quality[row, model] >= threshold }

    /// Those of `rows` that at least one model answers correctly, in order.
    func answerable(_ rows: [Int]) -> [Int] {
        rows.filter { row in table.models.indices.contains { isCorrect(row, $0) } }
    }

    /// Those of `rows` that at least one model has an outcome on, in order.
    func measured(_ rows: [Int]) -> [Int] {
        rows.filter { row in table.models.indices.contains { !table.quality[row, $0].isNaN } }
    }

    /// The cheapest correct model of a row, the lowest number on ties; nil when none is correct.
    func cheapestCorrect(_ row: Int) -> Int? { cheapest(row) { isCorrect(row, $0) } }

    /// The cheapest model of a row, the lowest number on ties.
    func cheapest(_ row: Int) -> Int { cheapest(row) { _ in true } ?? 0 }

    /// The cheapest correct model, or the cheapest of all when none is correct.
    func label(_ row: Int) -> Int { cheapestCorrect(row) ?? cheapest(row) }

    private func cheapest(_ row: Int, where isAllowed: (Int) -> Bool) -> Int? {
        var best: Int?
        for model in table.models.indices where isAllowed(model) && !table.cost[row, model].isNaN {
            if let known = best, table.cost[row, known] <= table.cost[row, model] { continue }
            best = model
        }
        return best
    }
}
