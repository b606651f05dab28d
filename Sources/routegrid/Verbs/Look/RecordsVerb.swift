import Aggregator
import ArgumentParser
import Coordinator
import Foundation
import Grid
import RouteGridBase
import Wire

/// Prints records as a table for programs.
struct RecordsVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "records",
        abstract: "Prints metric records as CSV, JSON lines or a table.",
        discussion: """
            Records come from files or output folders, a coordinator, or a state folder at rest. A row is a record, \
            with --points an operating point. Columns are short names (dataset, router, n, …), metrics, or paths in the \
            record and in the facts of its execution: job.router.k, result.reference.c_best, run.fit_s. Names stay \
            what they are; an absent value is empty. In CSV a text that a spreadsheet would take for a formula has ' in \
            front; JSON lines have it as it is.

            Examples:
              routegrid records out/demo --output csv
              routegrid records --run last --state ./state --router knn --columns dataset,job.router.k,accuracy,run.fit_s
              routegrid records --connect tcp://127.0.0.1:7557 --where seed=1 --points --output jsonl
            """
    )

    /// How rows are written.
    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, jsonl, text }

    @Argument(
        help: ArgumentHelp("Record files or output folders; none: a coordinator or state folder.", valueName: "path")
    )
    var inputs: [String] = []

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Records of one run (its number, or last), in the order of its cells.", valueName: "run")
    )
    var selector: String?

    @Option(help: "Only of this router.") var router: String?
    @Option(help: "Only of this dataset.") var dataset: String?
    @Option(help: "Only of this part: dev or test.") var part: String?
    @Option(help: "Only of this budget.") var budget: String?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Only where a column has this value; may be repeated.", valueName: "column=value")
    )
    var conditions: [String] = []

    @Option(help: ArgumentHelp("What to print, in this order.", valueName: "a,b,c"))
    var columns: String?

    @Flag(help: "A row an operating point.")
    var points = false

    @Option(help: "csv, jsonl or text.")
    var output = Format.text

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if !inputs.isEmpty, selector != nil || connection.connect != nil || connection.state != nil {
            throw ValidationError("files exclude --run, --connect and --state.")
        }
        for text in conditions where !text.contains("=") {
            throw ValidationError("--where \(text): expected COLUMN=VALUE.")
        }
    }

    func run() throws {
        let named = [("router", router), ("dataset", dataset), ("part", part), ("budget", budget)]
        let table = try RecordTable(
            columns: columns.map { $0.split(separator: ",").map { String($0).trimmingCharacters(in: .whitespaces) } }
                ?? [],
            where: named.compactMap { name, value in value.map { (name, $0) } }
                + conditions.map { text in
                    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    return (String(parts[0]), String(parts[1]))
                },
            isPointwise: points
        )
        var writer = RecordRows(table, as: output)
        if !inputs.isEmpty {
            for path in inputs { try read(RecordSource(path: path), into: &writer) }
            return writer.finish()
        }
        switch try connection.source("records") {
        case .coordinator(let client):
            defer { client.close() }
            try read(client, into: &writer)
        case .folder(let state, _):
            try state.records(of: selector) { page in
                for line in page { try writer.add(line.record, facts: line.facts, place: "record \(line.sequence)") }
            }
        }
        writer.finish()
    }

    private func read(_ source: RecordSource, into writer: inout RecordRows) throws {
        // Of several executions of a job the last line stays.
        var facts: [String: Data] = [:]
        if writer.needsFacts, let lines = FileManager.default.contents(atPath: source.runsPath) {
            for line in lines.split(separator: UInt8(ascii: "\n")) {
                guard let key = try? JSONValue(parsing: line, place: source.runsPath)["job_key"]?.stringValue else {
                    continue
                }
                facts[key] = line
            }
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: source.recordsPath), options: .mappedIfSafe)
        for (number, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            let key = writer.needsFacts ? RecordScan(line)?.jobKey.hex : nil
            try writer.add(
                Array(line),
                facts: Array(key.flatMap { facts[$0] } ?? Data()),
                place: "\(source.recordsPath):\(number + 1)"
            )
        }
    }

    private func read(_ client: ClusterClient, into writer: inout RecordRows) throws {
        var number: RunID?
        if let selector { number = try RunReport(client.query(.run, selector)).run }
        let end = UInt64(clamping: try client.query(.store)["last_sequence"]?.integerValue ?? 0)
        guard number != nil || end > 0 else { return }
        try client.follow(run: number) { message in
            for item in message.items where number != nil || item.seq <= end {
                try writer.add(Array(item.record), facts: Array(item.run), place: "record \(item.seq)")
            }
            return number != nil || message.last < end
        }
    }
}

/// Writes rows to stdout as they come; a table for people once all are there.
struct RecordRows {
    private let table: RecordTable
    private let format: RecordsVerb.Format
    private var text: TextTable
    private var waiting: String
    let needsFacts: Bool

    init(_ table: RecordTable, as format: RecordsVerb.Format) {
        (self.table, self.format) = (table, format)
        text = TextTable(table.columns)
        waiting = format == .csv ? table.csvHeading : ""
        needsFacts = table.needsFacts
    }

    mutating func add(_ line: [UInt8], facts: [UInt8], place: String) throws(RouteGridError) {
        let known = needsFacts && !facts.isEmpty ? try JSONValue(parsing: facts, place: "facts of \(place)") : nil
        for row in try table.rows(of: line, facts: known, place: place) {
            switch format {
            case .csv: waiting += RecordTable.csv(row)
            case .jsonl: waiting += Console.line(table.object(row))
            case .text: text.add(row.map { SafeText.shortened(SafeText.line(RecordTable.text($0)), to: 48) })
            }
        }
        if waiting.utf8.count > 1 << 16 { flush() }
    }

    private mutating func flush() {
        Console.writeData(waiting)
        waiting = ""
    }

    mutating func finish() {
        if format == .text { waiting = text.rendered() }
        flush()
    }
}
