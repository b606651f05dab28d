import ArgumentParser
import RouteGridBase
import RoutingCore

/// Times the core's kernels on work of a stated size; `deploy/bench core` calls it.
struct BenchVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times the budget sweeps and the bootstrap on made-up tables: minimum and median.",
        discussion: """
            One thread. Figures of a loaded machine say little: compare what was measured side by side.

            Example:
              routegrid bench --items 8800 --models 10
            """
    )

    @Option(help: "Items of the table.") var items = 8_800
    @Option(help: "Models of the table.") var models = 10
    @Option(help: "How often each piece of work is done.") var rounds = 20
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (2...1_000_000).contains(items), (2...255).contains(models), (1...1_000).contains(rounds) else {
            throw ValidationError("--items takes 2 to 1000000, --models 2 to 255, --rounds 1 to 1000.")
        }
    }

    func run() throws {
        let work = try CoreWorkload(items: items, models: models, seed: 1)
        let points = min(1_000, items)
        let rows = [
            time("exact threshold sweep, sort and curve") { work.sweep() },
            time("exact penalty sweep, hulls and curve") { work.penaltySweep() },
            time("1,000 bootstrap replicates of all metrics at \(points) points", rounds: min(rounds, 5)) {
                work.bootstrap(points: points, replicates: 1_000)
            },
        ]
        let document: JSONValue = [
            "schema": "routegrid/bench/v1", "items": JSONValue(items), "models": JSONValue(models),
            "rows": .array(rows.map(\.json)),
        ]
        output.console.emit(document, table: table(rows))
    }

    /// One timed piece of work.
    private struct Timing {
        let name: String
        /// Milliseconds, sorted.
        let samples: [Double]
        let size: Int

        var minimum: Double { samples[0] }
        var median: Double { samples[samples.count / 2] }
        var json: JSONValue {
            ["name": .string(name), "min_ms": .double(minimum), "median_ms": .double(median), "size": JSONValue(size)]
        }
    }

    private func time(_ name: String, rounds: Int? = nil, _ body: () -> Int) -> Timing {
        let clock = ContinuousClock()
        var size = 0
        let samples = (0..<(rounds ?? self.rounds)).map { _ in
            let passed = clock.measure { size = body() }.components
            return Double(passed.seconds) * 1e3 + Double(passed.attoseconds) * 1e-15
        }
        return Timing(name: name, samples: samples.sorted(), size: size)
    }

    private func table(_ rows: [Timing]) -> String {
        var table = TextTable("\(items) items × \(models) models", "min ms", "median ms", "results")
        for row in rows {
            table.add(row.name, Self.short(row.minimum), Self.short(row.median), String(row.size))
        }
        return table.rendered(bold: output.console.colorsData)
    }

    private static func short(_ value: Double) -> String { String((value * 100).rounded() / 100) }
}
