import Aggregator
import ArgumentParser
import Coordinator
import RouteGridBase
import Wire

/// Prints what a coordinator does.
struct StatusVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows runs, workers and what failed.",
        discussion: """
            Of a run that is not over it shows the best row of each table so far: partial, and without intervals.
            Without a coordinator it reads the state folder. Failures are grouped by router, parameters and reason, with \
            the first cell of each group for `explain`; --output json lists every cell.

            Examples:
              routegrid status --connect tcp://127.0.0.1:7557
              routegrid status --state ./state
              routegrid status --failures last --state ./state
            """
    )

    @Option(help: ArgumentHelp("Show what failed in a run (its number, or last) instead.", valueName: "run"))
    var failures: String?

    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        switch try connection.source("status") {
        case .coordinator(let client):
            defer { client.close() }
            try show(try client.query(.status, "")) { selector throws(RouteGridError) in
                try client.query(.failures, selector)
            } best: { reply in
                try best(reply, client)
            }
        case .folder(let state, let path):
            output.console.note("no coordinator uses \(path): this is what it holds")
            try show(try state.status()) { selector throws(RouteGridError) in
                try state.failures(selector)
            } best: { _ in
                []
            }
        }
    }

    /// Of the runs that are not over and have a record, the newest ones.
    private func best(_ reply: JSONValue, _ client: ClusterClient) throws -> [BestSoFar] {
        let runs = try (reply["runs"]?.arrayValue ?? []).map(RunReport.init).filter { !$0.isOver && $0.done > 0 }
        guard !runs.isEmpty else { return [] }
        let grids = try ServedGrids(reading: client)
        return try runs.suffix(3).map { try BestSoFar($0, grids, through: client) }
    }

    private func show(
        _ status: @autoclosure () throws(RouteGridError) -> JSONValue,
        _ ask: (String) throws(RouteGridError) -> JSONValue,
        best: (JSONValue) throws -> [BestSoFar]
    ) throws {
        if let failures {
            let found = try RunFailures(of: failures, ask)
            output.console.emit(found.json, table: found.table(bold: output.console.colorsData))
            return
        }
        let reply = try status()
        let runs = try runTable(reply) + setAsideTable(reply) + audits(reply)
        if let trouble = reply["store"]?["trouble"]?.stringValue {
            output.console.warn("\(trouble): results wait at their workers, and runs go on once there is room")
        }
        let workers = reply["workers"]?.arrayValue ?? []
        let found = output.output == .quiet ? [] : try best(reply)
        var members = reply.objectValue ?? [:]
        members["best_so_far"] = .array(found.map(\.json))
        let shown = workers.isEmpty ? runs : runs + "\n" + workerTable(reply) + progressLines(reply)
        let bold = output.console.colorsData
        output.console.emit(.object(members), table: shown + found.map { $0.text(bold: bold) }.joined())
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
            if let obstacle = run.obstacle, !run.isOver { notes.append(obstacle) }
            if run.divergent > 0 { notes.append("\(run.divergent) divergent results") }
            table.add(["\(run.run)", run.name, run.state] + counts + [notes.joined(separator: "; ")])
        }
        return table.rendered(bold: output.console.colorsData)
    }

    /// A line for each program that said how far it is.
    private func progressLines(_ reply: JSONValue) -> String {
        var lines = ""
        for item in reply["workers"]?.arrayValue ?? [] {
            for progress in (item["progress"]?.arrayValue ?? []).compactMap(\.stringValue) {
                lines += "\(SafeText.line(item["name"]?.stringValue ?? "")): \(SafeText.line(progress))\n"
            }
        }
        return lines.isEmpty ? "" : "\n" + lines
    }

    /// Runs of the state folder that could not be loaded; nothing when there are none.
    private func setAsideTable(_ reply: JSONValue) -> String {
        let runs = reply["set_aside"]?.arrayValue ?? []
        guard !runs.isEmpty else { return "" }
        var table = TextTable(">run", "grid", "set aside because")
        for item in runs {
            table.add(
                "\(item["run"]?.integerValue ?? 0)",
                item["name"]?.stringValue ?? "",
                item["reason"]?.stringValue ?? ""
            )
        }
        return "\n" + table.rendered(bold: output.console.colorsData)
    }

    /// What came of cells that were computed again; nothing while no cell was to be.
    private func audits(_ reply: JSONValue) -> String {
        guard let audits = reply["audits"] else { return "" }
        let counts = [
            ("waiting", "to be computed again"), ("agreed", "agree"), ("suspect", "suspect"), ("decided", "decided"),
        ].compactMap { name, words -> String? in
            guard let count = audits[name]?.integerValue, count > 0 else { return nil }
            return "\(count) \(words)"
        }
        guard !counts.isEmpty else { return "" }
        let cells = ["suspect_cells", "decided_cells"].flatMap { audits[$0]?.arrayValue ?? [] }
        if audits["suspect"]?.integerValue ?? 0 > 0 {
            output.console.note(
                "a worker with a key that is trusted decides: routegrid keys invite NAME --role worker --trusted"
            )
        }
        let lines = cells.compactMap { $0["text"]?.stringValue }.map { "  \(SafeText.line($0))\n" }
        return "\naudited cells: \(counts.joined(separator: ", "))\n" + lines.joined()
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
}
