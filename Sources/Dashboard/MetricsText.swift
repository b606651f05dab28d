import Foundation
import RouteGridBase

/// A coordinator's metrics in Prometheus' text format (version 0.0.4).
///
/// Base units, counters end in `_total`, few labels: nothing that grows with cells, workers or runs.
struct MetricsText {
    private(set) var text = ""

    /// - Parameters:
    ///   - metrics: The coordinator's answer with `workers_wanted`; null before the first.
    ///   - clients: Connected to the event stream.
    ///   - age: Seconds since the coordinator last answered; nil before.
    init(_ metrics: JSONValue, clients: Int, age: Double?) {
        let isUp = age.map { $0 <= 10 } ?? false
        gauge("routegrid_up", "Whether the coordinator answers.", isUp ? 1 : 0)
        gauge("routegrid_dashboard_clients", "Clients of the event stream.", Double(clients))
        if let age { gauge("routegrid_snapshot_age_seconds", "Time since the coordinator last answered.", age) }
        guard metrics != .null else { return }
        func number(_ group: String, _ name: String) -> Double { metrics[group]?[name]?.numberValue ?? 0 }
        info(metrics)
        gauge(
            "routegrid_coordinator_uptime_seconds",
            "Time since the coordinator was started.",
            number("coordinator", "uptime_s")
        )
        family("routegrid_cells", "gauge", "Cells of all runs by state.") {
            ["done", "leased", "waiting", "backing_off", "failed", "quarantined"].map {
                ("", [("state", $0)], number("cells", $0))
            }
        }
        let failures = metrics["failures_total"]?.objectValue ?? [:]
        let failed = failures.values.reduce(0.0) { $0 + ($1.numberValue ?? 0) }
        family("routegrid_cells_total", "counter", "Cells by outcome since the coordinator was started.") {
            [
                ("", [("state", "recorded")], number("records", "committed_total")),
                ("", [("state", "repeated")], number("records", "equal_total")), ("", [("state", "failed")], failed),
            ]
        }
        family("routegrid_failures_total", "counter", "Failures reported, final or not, by kind.") {
            failures.sorted { $0.key < $1.key }.map { ("", [("kind", $0.key)], $0.value.numberValue ?? 0) }
        }
        gauge(
            "routegrid_queue_depth",
            "Cells of active runs that wait, in their back-off too.",
            number("queue", "depth")
        )
        gauge("routegrid_runnable_cells", "Cells that wait for nothing but a worker.", number("queue", "runnable"))
        gauge("routegrid_runs_active", "Runs that are neither over nor paused.", number("queue", "runs_active"))
        gauge("routegrid_leases", "Leases held.", number("leases", "held"))
        counter("routegrid_leases_granted_total", "Leases granted.", number("leases", "granted_total"))
        gauge("routegrid_workers", "Workers connected.", number("workers", "connected"))
        gauge("routegrid_workers_draining", "Workers that take no more leases.", number("workers", "draining"))
        counter("routegrid_workers_lost_total", "Workers that were lost.", number("workers", "lost_total"))
        if let wanted = metrics["workers_wanted"]?.numberValue {
            gauge(
                "routegrid_workers_wanted",
                "Workers that the present work asks for, those that run included.",
                wanted
            )
        }
        gauge("routegrid_slots", "Slots of the connected workers.", number("workers", "slots"))
        gauge("routegrid_slots_busy", "Slots with a lease.", number("workers", "slots_busy"))
        gauge(
            "routegrid_demand_seconds",
            "Seconds of one slot that the observed work takes.",
            number("demand", "seconds")
        )
        gauge(
            "routegrid_records_divergent",
            "Results that differ from the first of their key.",
            number("records", "divergent")
        )
        commits(metrics["commits"] ?? .null)
        let refused = metrics["messages"]?["refused_total"]?.objectValue ?? [:]
        family("routegrid_messages_refused_total", "counter", "Messages refused, by reason.") {
            refused.sorted { $0.key < $1.key }.map { ("", [("reason", $0.key)], $0.value.numberValue ?? 0) }
        }
        counter("routegrid_messages_unsent_total", "Messages that found no room.", number("messages", "unsent_total"))
    }

    private mutating func info(_ metrics: JSONValue) {
        let build = metrics["coordinator"]?["build"]?.stringValue ?? ""
        family("routegrid_build_info", "gauge", "The coordinator's version.") { [("", [("build", build)], 1)] }
    }

    private mutating func commits(_ commits: JSONValue) {
        gauge(
            "routegrid_store_stalled",
            "Whether the store cannot write.",
            commits["stalled"]?.boolValue == true ? 1 : 0
        )
        let count = commits["total"]?.numberValue ?? 0
        family("routegrid_commit_seconds", "histogram", "Time of a commit, its sync included.") {
            (commits["buckets"]?.arrayValue ?? []).map { bucket in
                (
                    "_bucket", [("le", Self.number(bucket["le"]?.numberValue ?? 0))],
                    bucket["count"]?.numberValue ?? 0
                )
            } + [
                ("_bucket", [("le", "+Inf")], count), ("_sum", [], commits["seconds_total"]?.numberValue ?? 0),
                ("_count", [], count),
            ]
        }
    }

    // MARK: Lines

    private mutating func gauge(_ name: String, _ help: String, _ value: Double) {
        family(name, "gauge", help) { [("", [], value)] }
    }

    private mutating func counter(_ name: String, _ help: String, _ value: Double) {
        family(name, "counter", help) { [("", [], value)] }
    }

    /// Lines of one name; a family without samples is left out.
    private mutating func family(
        _ name: String,
        _ type: String,
        _ help: String,
        _ samples: () -> [(suffix: String, labels: [(String, String)], value: Double)]
    ) {
        let lines = samples()
        guard !lines.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        for line in lines {
            let labels = line.labels.map { "\($0.0)=\"\(Self.label($0.1))\"" }.joined(separator: ",")
            text += name + line.suffix + (labels.isEmpty ? "" : "{\(labels)}") + " " + Self.number(line.value) + "\n"
        }
    }

    /// A label's value: one line, with `\`, `"` escaped.
    static func label(_ text: String) -> String {
        SafeText.line(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : JSONValue.shortestText(value)
    }
}
