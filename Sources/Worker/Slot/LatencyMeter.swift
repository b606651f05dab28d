import CPlatform
import Foundation
import Glibc
import RouteGridBase

/// Times calls of a router by a monotonic clock, after a warm-up, query by query or in batches.
struct LatencyMeter {
    let warmup: Int
    let repeats: Int
    let batch: Int

    /// The measured values.
    struct Figures {
        /// Duration of each call in nanoseconds, ascending.
        var calls: [UInt64] = []
        /// Queries per second of each pass over the queries.
        var rates: [Double] = []
        /// How often the kernel preempted this process meanwhile.
        var preemptions = 0
    }

    /// Measures.
    ///
    /// Every call gets `batch` rows; when their number does not divide that of the queries, the last call is filled up
    /// with the first ones.
    ///
    /// - Parameters:
    ///   - rows: the queries, at least one.
    ///   - route: what is measured; its answer is what a caller would wait for.
    /// - Returns: the figures.
    /// - Throws: what `route` throws.
    func measure(_ rows: [Int], route: ([Int]) throws -> [Int]) throws -> Figures {
        let count = (rows.count + batch - 1) / batch
        let batches = (0..<count).map { call in (0..<batch).map { rows[(call * batch + $0) % rows.count] } }
        for call in 0..<warmup { _ = try route(batches[call % count]) }
        var figures = Figures()
        figures.calls.reserveCapacity(count * repeats)
        let before = Self.preemptions
        for _ in 0..<repeats {
            var total: UInt64 = 0
            for batch in batches {
                let begun = Self.nanoseconds
                let answer = try route(batch)
                let taken = Self.nanoseconds - begun
                precondition(answer.count == batch.count, "an answer for each query")
                figures.calls.append(taken)
                total += taken
            }
            figures.rates.append(Double(count * batch) * 1e9 / Double(max(total, 1)))
        }
        figures.preemptions = Self.preemptions - before
        figures.calls.sort()
        return figures
    }

    private static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static var preemptions: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_nivcsw
    }
}

extension LatencyMeter.Figures {
    /// The smallest time that at least this share of the calls did not exceed, in microseconds.
    func quantile(_ share: Double) -> Double {
        let rank = max(1, Int((share * Double(calls.count)).rounded(.up)))
        return Double(calls[min(rank, calls.count) - 1]) / 1e3
    }

    /// The members of `measured` that are times: of a call, of a query within it, and queries a second.
    func members(batch: Int) -> [String: JSONValue] {
        let sum = calls.reduce(0) { $0 + Double($1) }
        let rates = rates.sorted()
        func each(_ microseconds: Double) -> JSONValue { .double(Self.rounded(microseconds / Double(batch))) }
        return [
            "calls": JSONValue(calls.count),
            "call_us": [
                "p50": .double(quantile(0.5)), "p99": .double(quantile(0.99)), "min": .double(quantile(0)),
                "max": .double(quantile(1)), "mean": .double(Self.rounded(sum / Double(calls.count) / 1e3)),
            ],
            "query_us": ["p50": each(quantile(0.5)), "p99": each(quantile(0.99))],
            "queries_per_s": [
                "median": .double(rates[rates.count / 2].rounded()), "min": .double(rates[0].rounded()),
                "max": .double(rates[rates.count - 1].rounded()),
            ],
            "preemptions": JSONValue(preemptions),
        ]
    }

    /// The clock's resolution is a nanosecond.
    private static func rounded(_ microseconds: Double) -> Double { (microseconds * 1e3).rounded() / 1e3 }
}
