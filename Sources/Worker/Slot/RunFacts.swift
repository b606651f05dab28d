import Foundation
import RouteGridBase

/// The facts of the executions of one task: lines of `runs.jsonl`.
///
/// Nothing in them is ever hashed.
///
/// There is one per cell, and quick cells finish by tens of thousands a second: what the lines of a task share is
/// encoded once.
struct RunFacts {
    // What comes before the evaluation time, between it and the key, and after the start: `{"attempt":…,"eval_s":`,
    // `,"fit_s":…,"host":…,"job_key":"` and `","toolchain":…,"worker":…}`.
    private let head: [UInt8]
    private let middle: [UInt8]
    private let tail: [UInt8]
    /// The peak memory so far, read once a second while cells are quick.
    private var peakKilobytes = 0
    private var peakSecond = -1

    private static let host = ProcessInfo.processInfo.hostName

    #if compiler(>=6.4)
    private static let toolchain = "swift-6.4+"
    #elseif compiler(>=6.3)
    private static let toolchain = "swift-6.3"
    #else
    private static let toolchain = "swift-6.2"
    #endif

    init(attempt: UInt32, worker: String, fitSeconds: Double) {
        head = Array("{\"attempt\":\(attempt),\"eval_s\":".utf8)
        middle =
            Array(",\"fit_s\":\(RunFacts.seconds(fitSeconds)),\"host\":".utf8)
            + JSONValue.string(RunFacts.host).jsonBytes() + Array(",\"job_key\":\"".utf8)
        tail =
            Array("\",\"toolchain\":\"\(RunFacts.toolchain)\",\"worker\":".utf8)
            + JSONValue.string(worker).jsonBytes() + Array("}".utf8)
    }

    /// The line of one cell, without its line feed: keys in order, times in seconds, memory in bytes.
    mutating func line(jobKey: Data, started: timespec, evaluationSeconds: Double) -> [UInt8] {
        if started.tv_sec != peakSecond || evaluationSeconds > 0.01 {
            var usage = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            (peakSecond, peakKilobytes) = (started.tv_sec, usage.ru_maxrss)
        }
        var line: [UInt8] = []
        line.reserveCapacity(head.count + middle.count + tail.count + 160)
        line.append(contentsOf: head)
        line.append(contentsOf: RunFacts.seconds(evaluationSeconds).utf8)
        line.append(contentsOf: middle)
        if let key = JobKey(bytes: jobKey) { line.append(contentsOf: key.hexBytes) }
        // The kernel counts in kilobytes: the peak memory of this process.
        line.append(contentsOf: "\",\"peak_rss\":\(peakKilobytes * 1024),\"started\":\"".utf8)
        RunFacts.append(started, to: &line)
        line.append(contentsOf: tail)
        return line
    }

    /// A resolution of microseconds is enough.
    private static func seconds(_ value: Double) -> String { JSONValue.shortestText((value * 1e6).rounded() / 1e6) }

    /// UTC to the millisecond, as RFC 3339 writes it.
    static func append(_ time: timespec, to line: inout [UInt8]) {
        var (seconds, parts) = (time.tv_sec, tm())
        gmtime_r(&seconds, &parts)
        func append(_ value: Int, digits: Int, _ after: UInt8) {
            var divisor = 1
            for _ in 1..<digits { divisor *= 10 }
            while divisor > 0 {
                line.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
                divisor /= 10
            }
            line.append(after)
        }
        append(Int(parts.tm_year) + 1900, digits: 4, UInt8(ascii: "-"))
        append(Int(parts.tm_mon) + 1, digits: 2, UInt8(ascii: "-"))
        append(Int(parts.tm_mday), digits: 2, UInt8(ascii: "T"))
        append(Int(parts.tm_hour), digits: 2, UInt8(ascii: ":"))
        append(Int(parts.tm_min), digits: 2, UInt8(ascii: ":"))
        append(Int(parts.tm_sec), digits: 2, UInt8(ascii: "."))
        append(time.tv_nsec / 1_000_000, digits: 3, UInt8(ascii: "Z"))
    }
}
