import Aggregator
import Foundation
import RouteGridBase

extension Console {
    /// Prints a published board: its rows as JSON, or one table per section.
    ///
    /// - Parameters:
    ///   - board: The board.
    ///   - folder: Where it was published.
    ///   - page: How much of it is printed as tables.
    /// - Throws: `badInput` when the published file cannot be read.
    func emit(_ board: BoardSummary, in folder: String, _ page: BoardPage) throws(RouteGridError) {
        switch format {
        case .json, .jsonl:
            let path = folder + "/" + OutputName.leaderboard
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw .badInput(path, "cannot be read")
            }
            guard format == .jsonl else { return Console.writeData(String(decoding: bytes, as: UTF8.self)) }
            let rows = try JSONValue(parsing: bytes, place: path)["rows"]?.arrayValue ?? []
            Console.writeData(rows.map { $0.jsonText + "\n" }.joined())
        case .table:
            Console.writeData(page.text(board.tables, bold: colorsData))
            let legend = page.legend(board.legend, of: board.tables).map { line in
                page.wrapped(line.replacing("**", with: ""), indent: 2)
            }.joined()
            if !legend.isEmpty { Console.writeData("\n" + legend) }
        case .quiet: break
        }
    }

    /// Prints measurements below the board; formats other than the table leave them to `latency.jsonl`.
    func emit(_ latency: LatencyTable) {
        guard format == .table, !latency.records.isEmpty else { return }
        var table = TextTable(LatencyTable.columns)
        for row in latency.rows { table.add(row.map(SafeText.line)) }
        let heading = colorsData ? "\u{1B}[1mlatency\u{1B}[0m" : "latency"
        let caption = "per call, on embeddings that are there; alone: no other slot of the machine computed"
        Console.writeData("\n\(heading)  \(caption)\n\(table.rendered(bold: colorsData))")
    }
}
