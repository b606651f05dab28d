package import RouteGridBase
import Scheduling

/// What an allocator leaves in its state file after each round.
package struct AllocatorReport: Hashable, Sendable {
    static let schema = "routegrid/alloc/v1"

    package var jobName: String
    package var connect: String
    package var process: Int
    /// Why the last query of the queue, or of the coordinator, failed; nil when it did not.
    package var queueError: String?
    package var coordinatorError: String?
    /// The last demand, in the coordinator's form.
    package var demand: JSONValue = .null

    package init(jobName: String, connect: String, process: Int) {
        self.jobName = jobName
        self.connect = connect
        self.process = process
    }

    /// The document of the state file, which `alloc status --output json` prints; times are in seconds since 1970.
    package func json(_ allocator: Allocator) -> JSONValue {
        [
            "schema": .string(Self.schema),
            "name": .string(jobName),
            "connect": .string(connect),
            "process": JSONValue(process),
            "updated": Self.time(allocator.now),
            "min": JSONValue(allocator.settings.wanted.bounds.lowerBound),
            "max": JSONValue(allocator.settings.wanted.bounds.upperBound),
            "wanted": allocator.wanted.map { JSONValue($0) } ?? .null,
            "counted": JSONValue(allocator.count),
            "demand": demand,
            "doubts": .array(
                allocator.doubts.map { ["count": JSONValue($0.count), "since": Self.time($0.since)] }
            ),
            "jobs": .array(allocator.jobs.values.sorted { $0.id < $1.id }.map(\.json)),
            "excluded": .array(
                allocator.sickNodes.sorted { $0.key < $1.key }.map { name, node in
                    [
                        "node": .string(name), "failures": JSONValue(node.failures),
                        "until": Self.time(node.until), "reason": .string(node.reason),
                    ]
                }
            ),
            "pause": allocator.pause.map { pause in
                ["reason": .string(pause.reason), "until": Self.time(pause.until)]
            } ?? .null,
            "submission_error": Self.text(allocator.submissionError),
            "submission_failures": JSONValue(allocator.submissionFailures),
            "queue_error": Self.text(queueError),
            "coordinator_error": Self.text(coordinatorError),
        ]
    }

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    private static func time(_ seconds: Double) -> JSONValue { .integer(Int64(min(max(seconds, 0), 1e15).rounded())) }
}

extension KnownJob {
    fileprivate var json: JSONValue {
        [
            "job": .string(id), "state": .string(state.rawValue), "node": node.map { .string($0) } ?? .null,
            "greeted": .bool(hasGreeted), "reason": .string(reason),
        ]
    }
}

extension Allocator {
    /// Takes over what an earlier allocator knew: nodes to leave out, and jobs that the queue may not list just now.
    ///
    /// Without it all jobs are found by their name.
    package mutating func restore(from state: JSONValue) {
        for item in state["excluded"]?.arrayValue ?? [] {
            guard let name = item["node"]?.stringValue, let until = item["until"]?.integerValue else { continue }
            sickNodes[name] = SickNode(
                failures: max(1, item["failures"]?.integerValue ?? 1),
                until: Double(until),
                reason: item["reason"]?.stringValue ?? ""
            )
        }
        for item in state["jobs"]?.arrayValue ?? [] {
            guard let id = item["job"]?.stringValue,
                let state = item["state"]?.stringValue.flatMap(SlurmJobState.init(rawValue:))
            else { continue }
            var job = KnownJob(id: id, state: state)
            job.node = item["node"]?.stringValue
            job.hasGreeted = item["greeted"]?.boolValue ?? false
            // It may have greeted since, unseen.
            job.isJudged = state != .waiting
            jobs[id] = job
        }
        for item in state["doubts"]?.arrayValue ?? [] {
            guard let count = item["count"]?.integerValue, let since = item["since"]?.integerValue else { continue }
            doubts.append(Doubt(count: count, since: Double(since)))
        }
    }
}
