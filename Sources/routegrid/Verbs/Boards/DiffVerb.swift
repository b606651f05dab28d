import Aggregator
import ArgumentParser
import Foundation
import Report
import RouteGridBase

/// Two boards, row by row.
struct DiffVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Says of each row of a board what became of it on another.",
        discussion: """
            OLD and NEW are output folders. Each row is unchanged (equal bytes), new, gone, data (other items), code \
            (another revision), price, pool (other models, or other rows beside it), within-noise, or changed. Digests and \
            revisions in the records are compared first, numbers after that: paired where both boards have the same items.

            --fail-if takes a class, worse (some row is shown to be worse), rank (a real move of rank), any, or several \
            with commas; a rule that is met ends with 4. --out writes changes.md, changes.json and changes.html.

            Example:
              routegrid diff out/last-week out/today --fail-if worse,gone
            """
    )

    @Argument(help: "The output folder before.") var old: String
    @Argument(help: "The output folder now.") var new: String

    @Option(help: ArgumentHelp("End with 4 when a row is so.", valueName: "rule"))
    var failIf: String?

    @Option(help: ArgumentHelp("Write changes.md, .json and .html into this folder.", valueName: "dir"))
    var out: String?

    @Flag(help: "Print every row that is not unchanged.")
    var all = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        let rule = try failIf.map { text throws(RouteGridError) in try ChangeRule(text) }
        let progress = BoardProgressReport(console)
        let changes = try BoardChanges(
            from: RecordedBoard(path: old, progress: progress.progress()),
            to: RecordedBoard(path: new, progress: progress.progress())
        )
        progress.finish()
        if let out {
            let folder = try OutputFolder(path: out)
            try folder.write(changes.jsonBytes, to: "changes.json")
            try folder.write(changes.markdownBytes, to: "changes.md")
            try folder.write(PlainPage.page(of: changes).bytes, to: "changes.html")
        }
        switch console.format {
        case .json, .jsonl: Console.writeData(String(decoding: changes.jsonBytes, as: UTF8.self))
        case .table: Console.writeData(text(changes))
        case .quiet: break
        }
        let findings = rule?.findings(changes) ?? []
        guard findings.isEmpty else {
            var error = RouteGridError(.checkFailed, findings[0])
            error.further = Array(findings.dropFirst())
            throw error
        }
    }

    private static let rowLimit = 20

    private func text(_ changes: BoardChanges) -> String {
        var text = changes.summary + "\n"
        let rows = all ? changes.notable : Array(changes.notable.prefix(Self.rowLimit))
        for row in rows {
            text += "\n\(row.kind.words)  \(row.name.slug)\n"
            var facts: [String] = []
            if row.difference != nil {
                facts.append(
                    "\(row.metric) \(row.text(row.oldValue)) → \(row.text(row.newValue)), \(row.differenceText)"
                )
            }
            if row.rankMove != nil { facts.append("rank \(row.rankText)") }
            if !row.why.isEmpty { facts.append(row.why) }
            text += facts.map { "  \(SafeText.line($0))\n" }.joined()
        }
        let left = changes.notable.count - rows.count
        if left > 0 { text += "\nand \(left) more rows: --all prints them\n" }
        return text
    }
}
