import RouteGridBase

/// One timed piece of work.
struct Timing {
    let name: String
    /// Milliseconds, in the order measured.
    let milliseconds: [Double]
    /// What the work returned.
    let size: Int

    /// Does the work at least `rounds` times, and on until `seconds` have passed.
    init(_ name: String, rounds: Int, seconds: Double = 0, _ body: () throws -> Int) rethrows {
        let clock = ContinuousClock()
        var (size, samples, total) = (0, [Double](), 0.0)
        while samples.count < rounds || (total < seconds * 1e3 && samples.count < 10_000) {
            let start = clock.now
            size = try body()
            let passed = (clock.now - start) / .milliseconds(1)
            samples.append(passed)
            total += passed
        }
        (self.name, self.size, milliseconds) = (name, size, samples)
    }

    var minimum: Double { milliseconds.min() ?? 0 }
    var median: Double {
        let sorted = milliseconds.sorted()
        return sorted.isEmpty ? 0 : (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
    }

    var json: JSONValue {
        ["name": .string(name), "min_ms": .double(minimum), "median_ms": .double(median), "size": JSONValue(size)]
    }

    /// A line of a table: name, minimum, median, size.
    var cells: [String] { [name, Self.short(minimum), Self.short(median), String(size)] }

    private static func short(_ value: Double) -> String { String((value * 100).rounded() / 100) }
}
