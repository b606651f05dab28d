import Allocation
import ArgumentParser
import Foundation
import RouteGridBase

/// `routegrid alloc status`.
struct AllocStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows jobs, left out nodes and the last error of allocators.",
        discussion: """
            It reads what allocators left in their state files after their last round, and asks neither Slurm nor a \
            coordinator.

            Examples:
              routegrid alloc status
              routegrid alloc status --state-file /shared/alloc/state.json --output json
            """
    )

    @OptionGroup var place: AllocatorPlace
    @OptionGroup var output: OutputOptions

    func run() throws {
        var documents: [JSONValue] = []
        var tables: [String] = []
        for file in try files() {
            guard case .object(var state) = try AllocatorFolder.read(file) else { continue }
            let isRunning = AllocatorFolder.isInUse(AllocatorPlace.folder(of: file))
            state["running"] = .bool(isRunning)
            state["state_file"] = .string(file)
            documents.append(.object(state))
            tables.append(AllocatorPage(.object(state), isRunning: isRunning).text(bold: output.console.colorsData))
        }
        output.console.emit(
            documents,
            schema: "routegrid/alloc-status/v1",
            table: tables.isEmpty ? "no allocator has left a state here\n" : tables.joined(separator: "\n")
        )
    }

    private func files() throws(RouteGridError) -> [String] {
        if let file = place.file { return [AllocatorPlace.absolute(file)] }
        guard let base = AllocatorFolder.usual(ProcessInfo.processInfo.environment) else {
            throw RouteGridError(.usage, "HOME is not set; name the state by --state-file FILE")
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        return names.sorted().map { "\(base)/\($0)/state.json" }.filter { access($0, F_OK) == 0 }
    }
}

/// The state of an allocator for people.
struct AllocatorPage {
    private let state: JSONValue
    private let isRunning: Bool
    private let now = Date().timeIntervalSince1970

    init(_ state: JSONValue, isRunning: Bool) { (self.state, self.isRunning) = (state, isRunning) }

    func text(bold: Bool) -> String {
        var lines = [heading, workers]
        if let demand { lines.append(demand) }
        if let pause = state["pause"], let reason = pause["reason"]?.stringValue {
            lines.append("paused: \(reason); tried again \(time(pause["until"]))")
        }
        for (name, words) in [
            ("submission_error", "last error of sbatch"), ("queue_error", "the queue does not answer"),
            ("coordinator_error", "the coordinator does not answer"),
        ] {
            if let text = state[name]?.stringValue { lines.append("\(words): \(text)") }
        }
        let head = lines.map { SafeText.line($0) + "\n" }.joined()
        return head + jobTable(bold) + nodeTable(bold)
    }

    private var heading: String {
        let name = state["name"]?.stringValue ?? ""
        let process = state["process"]?.integerValue ?? 0
        let whether = isRunning ? "runs (process \(process))" : "does not run"
        return "\(name) for \(state["connect"]?.stringValue ?? "") \(whether); last round \(time(state["updated"]))"
    }

    private var workers: String {
        let bounds = "\(state["min"]?.integerValue ?? 0) to \(state["max"]?.integerValue ?? 0)"
        let wanted = state["wanted"]?.integerValue.map { "\($0)" } ?? "not known how many"
        return "workers: \(wanted) wanted of \(bounds), \(state["counted"]?.integerValue ?? 0) in the queue or at work"
    }

    private var demand: String? {
        guard let demand = state["demand"], let cells = demand["cells"]?.integerValue else { return nil }
        let leased = demand["leased"]?.integerValue ?? 0
        let seconds = demand["seconds"]?.numberValue ?? 0
        let unknown = demand["unmeasured_cells"]?.integerValue ?? 0
        let open = unknown > 0 ? ", and \(unknown) cells that were not measured yet" : ""
        return "work: \(cells) cells wait, \(leased) are leased; \(TimeSpan(seconds: seconds).text) of one slot\(open)"
    }

    private func jobTable(_ bold: Bool) -> String {
        let jobs = state["jobs"]?.arrayValue ?? []
        guard !jobs.isEmpty else { return "" }
        var table = TextTable("job", "state", "node", "worker", "Slurm's reason")
        for job in jobs {
            let reason = job["reason"]?.stringValue ?? ""
            table.add(
                job["job"]?.stringValue ?? "",
                job["state"]?.stringValue ?? "",
                job["node"]?.stringValue ?? "",
                job["greeted"]?.boolValue == true ? "greeted" : "",
                reason == "None" ? "" : reason
            )
        }
        return "\n" + table.wrapped().rendered(bold: bold)
    }

    private func nodeTable(_ bold: Bool) -> String {
        let nodes = state["excluded"]?.arrayValue ?? []
        guard !nodes.isEmpty else { return "" }
        var table = TextTable("node left out", ">failures", "until", "reason")
        for node in nodes {
            table.add(
                node["node"]?.stringValue ?? "",
                "\(node["failures"]?.integerValue ?? 0)",
                time(node["until"]),
                node["reason"]?.stringValue ?? ""
            )
        }
        return "\n" + table.wrapped().rendered(bold: bold)
    }

    /// A time beside now.
    private func time(_ value: JSONValue?) -> String {
        guard let seconds = value?.integerValue.map({ Double($0) }), seconds > 0 else { return "never" }
        let span = TimeSpan(seconds: abs(seconds - now)).text
        return seconds > now ? "in \(span)" : "\(span) ago"
    }
}
