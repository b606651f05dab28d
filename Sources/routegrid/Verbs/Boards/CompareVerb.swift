import Aggregator
import ArgumentParser
import Catalog
import Foundation
import Report
import RouteGridBase
import RoutingData
import Scoring

/// Two rows, item by item.
struct CompareVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compares two rows of one board or of two: paired differences, and where they differ.",
        discussion: """
            A and B are BOARD#ROW: an output folder and a row of it, by its name (mathvision/knn-k-50, or knn-k-50 where one \
            table has it) or by its number in leaderboard.csv. A name that is of no row lists the nearest ones; `compare \
            BOARD` lists all. B may be #ROW, for a row of A's board.

            At equal budget both rows are read at the dearest point within --budget (without it, the lower of the two mean \
            costs): how often each is right where the other is not, by slices, and on which items. --data names dataset \
            folders to take the questions from.

            Examples:
              routegrid compare out/demo
              routegrid compare out/demo#digits/knn-k-50 '#digits/linear' --out knn-linear.html --data jobs/data/digits_vqa
            """
    )

    @Argument(help: ArgumentHelp("The first row, or a board alone to list its rows.", valueName: "a")) var first: String
    @Argument(help: ArgumentHelp("The second row.", valueName: "b")) var second: String?

    @Option(help: "A metric to compare; more than once for several. Without it, the usual ones.") var metric: [String] =
        []
    @Option(help: ArgumentHelp("The mean cost of a query at which both are read.", valueName: "cost"))
    var budget: Double?
    @Option(help: ArgumentHelp("A dataset folder with the questions; more than once for several.", valueName: "dir"))
    var data: [String] = []
    @Option(help: ArgumentHelp("Write a page.", valueName: "file.html")) var out: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let (folder, name) = try parts(first, "A")
        let metrics = try metric.map(known)
        let board = try RecordedBoard(path: folder)
        guard let second else {
            guard name == nil else { throw RouteGridError(.usage, "compare takes two rows, or a board alone") }
            return list(RowNames(board.board))
        }
        let (otherFolder, otherName) = try parts(second, "B")
        guard let name, let otherName else { throw RouteGridError(.usage, "compare takes two rows: BOARD#ROW") }
        let isOne = otherFolder.isEmpty || otherFolder == folder
        let other = isOne ? board : try RecordedBoard(path: otherFolder)
        var comparison = try RowComparison(
            (board, name),
            (other, otherName),
            metrics: metrics.isEmpty ? nil : metrics,
            budget: budget
        )
        for folder in data { comparison.add(questionsOf: try Dataset.load(folder: folder)) }
        if let out {
            let file = URL(fileURLWithPath: out)
            try OutputFolder(path: file.deletingLastPathComponent().path)
                .write(PlainPage.page(of: comparison).bytes, to: file.lastPathComponent)
        }
        output.console.emit(comparison.json, table: text(comparison))
    }

    private func parts(_ text: String, _ which: String) throws(RouteGridError) -> (folder: String, row: String?) {
        guard let mark = text.lastIndex(of: "#") else { return (text, nil) }
        let row = String(text[text.index(after: mark)...])
        guard !row.isEmpty else { throw RouteGridError(.usage, "\(which): expected a row behind #") }
        let folder = String(text[..<mark])
        guard !folder.isEmpty || which == "B" else { throw RouteGridError(.usage, "A: expected a folder before #") }
        return (folder, row)
    }

    private func known(_ name: String) throws(RouteGridError) -> CurveMetric {
        guard let metric = CurveMetric(rawValue: name) else {
            let known = CurveMetric.allCases.map(\.rawValue)
            throw RouteGridError(.usage, "--metric: no metric \"\(name)\"\(NearestName.hint(name, in: known))")
        }
        return metric
    }

    private func list(_ names: RowNames) {
        var table = TextTable(">#", "row", "router")
        for entry in names.entries { table.add(String(entry.number), entry.slug, entry.router) }
        output.console.emit(
            names.entries.map {
                [
                    "number": JSONValue($0.number), "row": .string($0.slug), "dataset": .string($0.dataset),
                    "router": .string($0.router),
                ]
            },
            schema: "routegrid/rows/v1",
            table: table.rendered(bold: output.console.colorsData)
        )
    }

    // MARK: Text

    private func text(_ comparison: RowComparison) -> String {
        let page = BoardPage(width: 80)
        var text = page.wrapped("A  \(comparison.first.name.name)", indent: 3)
        text += page.wrapped("B  \(comparison.second.name.name)", indent: 3)
        text += "\n" + page.wrapped(comparison.summary) + "\n"
        var table = TextTable("metric", ">A", ">B", ">A − B", ">p")
        for metric in comparison.metrics {
            table.add(
                metric.metric.descriptor.title,
                RowComparison.text(metric.first, metric.metric),
                RowComparison.text(metric.second, metric.metric),
                comparison.text(metric),
                metric.pValue.map(RowComparison.pText) ?? "–"
            )
        }
        text += table.rendered(bold: output.console.colorsData)
        if let equal = comparison.equalBudget { text += "\n" + self.text(equal, page, comparison.costUnit) }
        return text + "\n" + comparison.method.map { page.wrapped($0, indent: 2) }.joined()
    }

    private func text(_ equal: EqualBudget, _ page: BoardPage, _ unit: String?) -> String {
        func share(_ value: Double) -> String { String(format: "%.4f", value) }
        func signed(_ value: Double) -> String { String(format: "%+.4f", value).replacing("-", with: "−") }
        func cost(_ value: Double) -> String { RowComparison.text(value, .meanCost) }
        var text = page.wrapped(
            "At equal budget (\(cost(equal.budget))\(unit.map { " \($0)" } ?? "") a query): A \(share(equal.first.accuracy)) at "
                + "\(cost(equal.first.cost)), B \(share(equal.second.accuracy)) at \(cost(equal.second.cost)), p = "
                + "\(RowComparison.pText(equal.pValue)) "
                + (equal.isExact ? "(McNemar, exact)." : "(clustered bootstrap, because \(equal.remark ?? "")).")
        )
        if let counts = equal.counts {
            var table = TextTable("", ">B right", ">B wrong")
            table.add("A right", "\(counts.both)", "\(counts.onlyFirst)")
            table.add("A wrong", "\(counts.onlySecond)", "\(counts.neither)")
            text += table.rendered()
        }
        if !equal.slices.isEmpty {
            var table = TextTable("slice", ">items", ">A", ">B", ">A − B")
            for slice in equal.slices.prefix(12) {
                let difference = slice.first.accuracy - slice.second.accuracy
                table.add(
                    SafeText.shortened(slice.name, to: 26),
                    "\(slice.count)",
                    share(slice.first.accuracy),
                    share(slice.second.accuracy),
                    "\(signed(difference)) [\(signed(slice.interval.low)), \(signed(slice.interval.high))]"
                )
            }
            text += "\n" + table.rendered()
            if equal.slices.count > 12 { text += "and \(equal.slices.count - 12) more slices in the JSON\n" }
        }
        if !equal.items.isEmpty {
            var table = TextTable("item", ">A", ">B", ">cost A", ">cost B", "question")
            for item in equal.items.prefix(10) {
                table.add(
                    SafeText.shortened(item.id, to: 22),
                    String(format: "%.2f", item.first.accuracy),
                    String(format: "%.2f", item.second.accuracy),
                    cost(item.first.cost),
                    cost(item.second.cost),
                    SafeText.shortened(SafeText.line(item.question ?? ""), to: 24)
                )
            }
            text += "\n" + table.rendered()
        }
        return text
    }
}
