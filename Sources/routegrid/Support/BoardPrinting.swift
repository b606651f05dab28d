import Aggregator
import Foundation
import RouteGridBase

extension Console {
    /// Shows a published board: its rows as JSON, or a table a section.
    ///
    /// - Throws: `badInput` when the published file cannot be read.
    func emit(_ board: BoardSummary, in folder: String) throws(RouteGridError) {
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
            Console.writeData(board.tables.map(text).joined(separator: "\n"))
            let legend = board.legend.map { $0.replacing("**", with: "") + "\n" }.joined()
            if !legend.isEmpty { Console.writeData("\n" + legend.replacing("[low, high]", with: "interval")) }
        case .quiet: break
        }
    }

    /// Shows measurements below the board; other forms than the table leave them to `latency.jsonl`.
    func emit(_ latency: LatencyTable) {
        guard format == .table, !latency.records.isEmpty else { return }
        var table = TextTable(LatencyTable.columns)
        for row in latency.rows { table.add(row) }
        let heading = colorsData ? "\u{1B}[1mlatency\u{1B}[0m" : "latency"
        let caption = "per call, on embeddings that are there; alone: no other slot of the machine computed"
        Console.writeData("\n\(heading)  \(caption)\n\(table.rendered(bold: colorsData))")
    }

    private func text(_ section: BoardTable) -> String {
        var table = TextTable(section.columns.map { $0.isNumber ? ">\($0.title)" : $0.title })
        for row in section.rows { table.add(row) }
        let heading = colorsData ? "\u{1B}[1m\(section.dataset)\u{1B}[0m" : section.dataset
        return "\(heading)  \(section.caption)\n\(table.rendered(bold: colorsData))"
    }
}
