import Aggregator
import RouteGridBase

/// One row of a table of a report.
struct ReportRow {
    /// Its place among the rows of the table, from 0.
    let number: Int
    let row: BoardRow
    /// The router, with what else tells rows of the table apart.
    let label: String
    /// `1–3`, or the place where nobody was compared.
    let rank: String
    /// `a`, or nothing.
    let tie: String
    let chosen: String
    let flags: String
    let curve: ReportCurve

    var isOneModel: Bool { row.isReference && curve.points.count == 1 }

    init(_ row: BoardRow, cells: [String], columns: [BoardTable.Column], number: Int, unit: CostUnit) {
        (self.row, self.number) = (row, number)
        func cell(_ title: String) -> String {
            columns.firstIndex { $0.title == title }.map { cells[$0] } ?? ""
        }
        let axes = ["modality", "encoder", "fusion", "budgets", "λ"].map(cell).filter { !$0.isEmpty }
        label = ([cell("router")] + axes).joined(separator: " · ")
        rank = columns.contains { $0.title == "rank" } ? cell("rank") : cell("#")
        (tie, chosen, flags) = (cell("tie"), cell("chosen"), row.flags.map(\.rawValue).joined(separator: ", "))
        curve = ReportCurve(row, unit: unit)
    }

    /// Accuracy and cost at the largest budget, where the row has both.
    func largest(_ unit: CostUnit) -> (cost: Double, accuracy: Double)? {
        guard let cost = row.value("mean_cost"), let accuracy = row.value("accuracy") else { return nil }
        return (cost * unit.factor, accuracy)
    }
}
