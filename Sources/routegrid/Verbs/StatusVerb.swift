import ArgumentParser
import RouteGridBase
import Wire

/// Shows what a coordinator does.
struct StatusVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows runs, workers and what failed.",
        discussion: """
            Example:
              routegrid status --connect tcp://127.0.0.1:7557
              routegrid status --failures 3 --output json
            """
    )

    @Option(help: ArgumentHelp("List the failed cells of a run instead.", valueName: "run"))
    var failures: String?

    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let client = try connection.client("status")
        defer { client.close() }
        if let failures {
            let reply = try client.query("failures", failures)
            output.console.emit(reply, table: failureTable(reply))
        } else {
            let reply = try client.query("status")
            let runs = try runTable(reply)
            output.console.emit(reply, table: runs + "\n" + workerTable(reply))
        }
    }

    private func runTable(_ reply: JSONValue) throws(RouteGridError) -> String {
        var table = TextTable(
            ">run",
            "grid",
            "state",
            ">cells",
            ">done",
            ">reused",
            ">leased",
            ">failed",
            ">priority",
            "note"
        )
        for item in reply["runs"]?.arrayValue ?? [] {
            let run = try RunReport(item)
            let counts = [run.cells, run.done, run.reused, run.leased, run.broken, run.priority].map(String.init)
            var notes = run.reason.isEmpty ? [] : [run.reason]
            if let stage = run.stage { notes.append("stage \(stage) of 2: \(stage == 1 ? "dev" : "selected on dev")") }
            if run.unmadeChoices > 0 { notes.append("\(run.unmadeChoices) choices without a dev value") }
            if run.quarantined > 0 { notes.append("\(run.quarantined) quarantined") }
            if run.divergent > 0 { notes.append("\(run.divergent) divergent results") }
            table.add(["\(run.run)", run.name, run.state] + counts + [notes.joined(separator: "; ")])
        }
        return table.rendered(bold: output.console.colorsData)
    }

    private func workerTable(_ reply: JSONValue) -> String {
        var table = TextTable("worker", ">slots", ">leases", "numerics")
        for item in reply["workers"]?.arrayValue ?? [] {
            let numerics = (item["numerics"]?.arrayValue ?? []).compactMap(\.stringValue)
            table.add(
                item["name"]?.stringValue ?? "",
                "\(item["slots"]?.integerValue ?? 0)",
                "\(item["leases"]?.integerValue ?? 0)",
                numerics.joined(separator: " ")
            )
        }
        return table.rendered(bold: output.console.colorsData)
    }

    private func failureTable(_ reply: JSONValue) -> String {
        var table = TextTable(">cell", "state", "kind", ">attempts", ">crashes", "reason")
        for item in reply["cells"]?.arrayValue ?? [] {
            table.add(
                "\(item["cell"]?.integerValue ?? 0)",
                item["state"]?.stringValue ?? "",
                item["kind"]?.stringValue ?? "",
                "\(item["attempts"]?.integerValue ?? 0)",
                "\(item["crashes"]?.integerValue ?? 0)",
                item["text"]?.stringValue ?? ""
            )
        }
        return table.rendered(bold: output.console.colorsData)
    }
}
