import Foundation
import RouteGridBase

/// The timing of one piece of work on this thread.
struct Timing {
    let name: String
    /// Wall time in milliseconds, in the order measured.
    let milliseconds: [Double]
    /// Processor time of this thread in milliseconds: comparable on a loaded machine.
    let processorMilliseconds: [Double]
    /// What the work returned.
    let size: Int

    /// Does the work at least `rounds` times, and until `seconds` have passed.
    init(_ name: String, rounds: Int, seconds: Double = 0, _ body: () throws -> Int) rethrows {
        var (size, samples, processor, total) = (0, [Double](), [Double](), 0.0)
        while samples.count < rounds || (total < seconds * 1e3 && samples.count < 10_000) {
            let (start, used) = (Self.now(CLOCK_MONOTONIC), Self.now(CLOCK_THREAD_CPUTIME_ID))
            size = try body()
            processor.append(Self.now(CLOCK_THREAD_CPUTIME_ID) - used)
            samples.append(Self.now(CLOCK_MONOTONIC) - start)
            total += samples[samples.count - 1]
        }
        (self.name, self.size, milliseconds, processorMilliseconds) = (name, size, samples, processor)
    }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) * 1e-6
    }

    var minimum: Double { milliseconds.min() ?? 0 }
    var median: Double {
        let sorted = milliseconds.sorted()
        return sorted.isEmpty ? 0 : (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
    }

    var json: JSONValue {
        ["name": .string(name), "min_ms": .double(minimum), "median_ms": .double(median), "size": JSONValue(size)]
    }

    static let titles = ["min ms", "median ms", "min processor ms", "results"]

    /// A line of a table: the name and the columns of ``titles``.
    var cells: [String] {
        [
            name, Self.short(minimum), Self.short(median), Self.short(processorMilliseconds.min() ?? 0), String(size),
        ]
    }

    private static func short(_ value: Double) -> String { String((value * 100).rounded() / 100) }
}
