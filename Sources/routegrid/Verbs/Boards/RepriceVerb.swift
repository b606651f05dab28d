import Aggregator
import ArgumentParser
import Foundation
import Grid
import Report
import RouteGridBase

/// A board under other prices.
struct RepriceVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprice",
        abstract: "Makes a board under another price sheet, without any fit.",
        discussion: """
            BOARD is an output folder of one grid. Costs are the token counts that an import kept times the prices of SHEET: our \
            own form, LiteLLM's model_prices_and_context_window.json, RouterArena's model_cost.json or LLMRouter's \
            default_llm.json. A model without a price is an error. Where the board's costs are of no sheet, or a router's file \
            is needed, --grid names the grid file, whose datasets have them.

            Rows whose choices do not depend on costs are the same, to the last digit, as those of a run under the sheet; so are \
            baselines, which are computed from the outcomes. Routers that train on costs are named and listed without numbers: a \
            run of the grid with prices: {sheet: SHEET} fits them.

            Break-even prices: for each two neighbouring rows the factor on all prices of one model at which their bills are \
            equal, choices and all else as they are. The bill is mean cost + --wrong-answer × (1 − accuracy) for each query; \
            with 0 it is the mean cost. Ranks by areas are not solved for.

            OUT becomes an output folder; reprice.json in it holds what --output json prints.

            Example:
              routegrid reprice out/night --prices prices/2026-12-01.json --wrong-answer 0.05 --out out/december
            """
    )

    @Argument(help: ArgumentHelp("An output folder.", valueName: "board")) var board: String
    @Option(help: ArgumentHelp("The price sheet.", valueName: "sheet")) var prices: String
    @Option(help: ArgumentHelp("The folder to write.", valueName: "dir")) var out: String
    @Option(help: ArgumentHelp("The grid file of the board, for data that are not beside it.", valueName: "file"))
    var grid: String?
    @Option(help: ArgumentHelp("What a wrong answer costs, in the cost unit.", valueName: "cost"))
    var wrongAnswer = 0.0
    @OptionGroup var page: BoardOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard wrongAnswer >= 0, wrongAnswer.isFinite else {
            throw ValidationError("--wrong-answer takes a cost of 0 or more.")
        }
    }

    func run() throws {
        let console = output.console
        if FileManager.default.fileExists(atPath: out) {
            guard !Self.isSame(board, out) else {
                throw RouteGridError(.usage, "--out: the board itself; choose another")
            }
            try OutputFolder(path: out).claim()
        }
        let scratch = NSTemporaryDirectory() + "routegrid-reprice-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let repriced = try BoardRepricing(
            of: board,
            sheet: prices,
            grid: grid,
            in: OutputFolder(path: scratch)
        )
        for warning in repriced.warnings { console.warn(warning) }
        let refits = repriced.refits.sorted { ($0.key.row, $0.key.why) < ($1.key.row, $1.key.why) }
        guard !repriced.lines.isEmpty else {
            var error = RouteGridError(.incomplete, "no row can be had under other prices without a fit")
            error.further = refits.prefix(20).map { "\($0.key.row): \($0.key.why)" }
            throw error
        }
        let progress = BoardProgressReport(console)
        defer { progress.finish() }
        let aggregation = try Aggregation(
            [RecordSource(path: scratch)],
            lock: repriced.lock,
            progress: progress.progress()
        )
        let evens = try BreakEvenPrices(of: aggregation, wrongAnswer: wrongAnswer, blobs: BlobFolders([scratch]))
        let folder = try OutputFolder(path: out)
        try folder.claim()
        let published = try aggregation.publish(to: folder, pages: ReportFiles.pages)
        let document = document(repriced, refits, evens)
        try folder.write(document.jsonBytes() + [UInt8(ascii: "\n")], to: "reprice.json")
        progress.finish()
        switch console.format {
        case .json, .jsonl, .quiet: console.emit(document, table: "")
        case .table:
            try BoardReport(aggregation, published, folder: out).show(on: console, page.page)
            Console.writeData(text(refits, evens))
        }
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        URL(fileURLWithPath: left).resolvingSymlinksInPath() == URL(fileURLWithPath: right).resolvingSymlinksInPath()
    }

    private func document(
        _ repriced: BoardRepricing,
        _ refits: [(key: BoardRepricing.Refit, value: Int)],
        _ evens: BreakEvenPrices
    ) -> JSONValue {
        [
            "schema": "routegrid/reprice/v1", "records": JSONValue(repriced.lines.count),
            "prices": .array(Set(repriced.lock.contents.axes.tables.compactMap(\.prices)).sorted().map { .string($0) }),
            "refit": .array(
                refits.map { refit, cells in
                    ["row": .string(refit.row), "why": .string(refit.why), "cells": JSONValue(cells)]
                }
            ),
            "break_even": evens.json, "warnings": JSONValue(repriced.warnings),
        ]
    }

    private func text(_ refits: [(key: BoardRepricing.Refit, value: Int)], _ evens: BreakEvenPrices) -> String {
        let page = BoardPage(width: 78)
        var text = ""
        if !refits.isEmpty {
            text += "\nwithout numbers until they are fitted under these prices:\n"
            for (refit, cells) in refits {
                text +=
                    "  "
                    + page.wrapped(
                        SafeText.line("\(refit.row): \(refit.why) (\(cells) cell\(cells == 1 ? "" : "s"))"),
                        indent: 4
                    )
            }
        }
        let wrong = JSONValue.shortestText(evens.wrongAnswer)
        text += "\nbreak-even prices, by mean cost\(evens.wrongAnswer == 0 ? "" : " + \(wrong) × wrong answers"):\n"
        for swap in evens.swaps {
            var price = "at \(Self.short(swap.factor)) × the price of \(swap.model)"
            if let prices = swap.prices, let input = prices["in"], let output = prices["out"] {
                price += " (\(Self.short(input)) in, \(Self.short(output)) out per million tokens"
                price += prices["request"].map { $0 > 0 ? ", \(Self.short($0)) a request)" : ")" } ?? ")"
            }
            text +=
                "  "
                + page.wrapped(
                    SafeText.line(
                        "\(Self.short(swap.first)) and \(Self.short(swap.second)) swap \(price): below it \(Self.short(swap.below)) has "
                            + "the lower bill"
                    ),
                    indent: 4
                )
        }
        for pair in evens.fixedPairs {
            text +=
                "  "
                + page.wrapped(
                    SafeText.line(
                        "\(Self.short(pair.first)) and \(Self.short(pair.second)): no price of one model swaps them"
                    ),
                    indent: 4
                )
        }
        for note in evens.notes { text += "  " + page.wrapped(SafeText.line("left out: \(note)"), indent: 4) }
        if evens.swaps.isEmpty, evens.fixedPairs.isEmpty, evens.notes.isEmpty { text += "  none: no two rows\n" }
        return text
    }

    /// The row's name; names of files by digest are too long for a line.
    private static func short(_ row: RowNames.Entry) -> String { SafeText.shortened(row.slug, to: 32) }

    /// Four digits.
    private static func short(_ value: Double) -> String { String(format: "%.4g", value) }
}
