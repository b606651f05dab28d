import Foundation
import RouteGridBase

/// The facts of one execution: a line of `runs.jsonl`.
///
/// Nothing here is ever hashed.
struct RunFacts {
    var jobKey: Digest
    var attempt: UInt32
    var worker: String
    var started: Date
    var fitSeconds: Double
    var evaluationSeconds: Double

    /// The host's name, looked up once.
    static let host = ProcessInfo.processInfo.hostName

    #if compiler(>=6.4)
    static let toolchain = "swift-6.4+"
    #elseif compiler(>=6.3)
    static let toolchain = "swift-6.3"
    #elseif compiler(>=6.2)
    static let toolchain = "swift-6.2"
    #else
    static let toolchain = "swift"
    #endif

    /// Kilobytes times 1024: the largest memory this process ever held, in bytes.
    static var peakBytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }

    var line: [UInt8] {
        let facts: JSONValue = [
            "job_key": .string(jobKey.hex), "attempt": .integer(Int64(attempt)), "worker": .string(worker),
            "host": .string(RunFacts.host), "started": .string(RunFacts.timestamp(started)),
            "fit_s": .double(RunFacts.rounded(fitSeconds)), "eval_s": .double(RunFacts.rounded(evaluationSeconds)),
            "peak_rss": JSONValue(RunFacts.peakBytes), "toolchain": .string(RunFacts.toolchain),
        ]
        return facts.jsonBytes()
    }

    /// Microseconds are enough.
    private static func rounded(_ seconds: Double) -> Double { (seconds * 1e6).rounded() / 1e6 }

    /// UTC to the millisecond, as RFC 3339 writes it.
    static func timestamp(_ date: Date) -> String {
        date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
    }
}
