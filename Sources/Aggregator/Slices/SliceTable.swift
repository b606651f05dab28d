import RouteGridBase
import Scoring

/// The rows of a board by slices of their items: `slices.csv`, a line a row and slice.
///
/// Only rows whose choices were read have lines, and only where the items come in several datasets or groups.
struct SliceTable {
    static let name = "slices.csv"

    private let board: Leaderboard

    init(_ board: Leaderboard) { self.board = board }

    var csvBytes: [UInt8] {
        var lines = CSVLines(
            columns: [
                "table", "dataset", "part", "row", "place", "name", "cost_unit", "slice", "n", "clusters", "accuracy",
                "lo", "hi", "cost",
            ]
        )
        var number = 0
        for (table, section) in board.sections.enumerated() {
            for row in section.rows {
                number += 1
                guard let slices = row.slices?.slices, !slices.isEmpty else { continue }
                let identity = CSVLines.Fields([
                    String(table + 1), section.key.dataset, section.key.part, String(number),
                    row.place.map(String.init), ComparisonTable.name(row), row.costUnit,
                ])
                for slice in slices {
                    lines.add(
                        behind: identity,
                        [
                            slice.name, String(slice.count), String(slice.clusters), CSVLines.number(slice.accuracy),
                            CSVLines.number(slice.interval.low), CSVLines.number(slice.interval.high),
                            CSVLines.number(slice.cost),
                        ]
                    )
                }
            }
        }
        return Array(lines.text.utf8)
    }
}

extension Leaderboard {
    /// `slices.csv`.
    package var sliceBytes: [UInt8] { SliceTable(self).csvBytes }
}
