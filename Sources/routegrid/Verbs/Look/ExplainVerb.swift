import ArgumentParser
import Catalog
import Coordinator
import RouteGridBase
import Wire

/// Prints why a cell waits, runs, failed or is done.
struct ExplainVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Shows why a cell waits, runs, failed or is quarantined, with the end of its standard error.",
        discussion: """
            Without a coordinator it reads the state folder.

            Examples:
              routegrid explain 3/42 --connect tcp://127.0.0.1:7557
              routegrid explain last/42 --state ./state
            """
    )

    @Argument(help: "RUN/CELL: the run's number (or last) and the cell's.") var cell: String
    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let report: JSONValue
        switch try connection.source("explain") {
        case .coordinator(let client):
            defer { client.close() }
            report = try client.query(.explain, cell)
        case .folder(let state, _): report = try state.explain(cell)
        }
        output.console.emit(report, table: Self.text(report))
    }

    private static func text(_ report: JSONValue) -> String {
        var lines = ["\(report["standing"]?.stringValue ?? "?"): \(report["reason"]?.stringValue ?? "")"]
        for key in ["attempts", "crashes"] {
            if let count = report[key]?.integerValue { lines.append("\(key): \(count)") }
        }
        if let progress = report["progress"]?.stringValue { lines.append("progress: \(progress)") }
        if RouterCatalog.isNondeterministic(report["fit"]?["router"]) {
            lines.append("not deterministic: the first result counts, and others are not compared with it")
        }
        if let dataset = report["dataset"]?.stringValue { lines.append("dataset: \(dataset)") }
        if let budget = report["budget"] { lines.append("budget: \(budget.canonicalText)") }
        if let key = report["job_key"]?.stringValue { lines.append("job key: \(key)") }
        if let fit = report["fit"] { lines.append("fit: \(fit.canonicalText)") }
        if let audit = report["audit"]?["text"]?.stringValue { lines.append("audit: \(audit)") }
        if let log = report["log"]?.stringValue { lines += ["standard error:", log] }
        return lines.joined(separator: "\n") + "\n"
    }
}
