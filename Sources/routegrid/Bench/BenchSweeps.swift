import ArgumentParser
import RouteGridBase
import RoutingCore

/// `routegrid bench sweeps`: the core's kernels on work of a stated size.
struct BenchSweeps: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweeps",
        abstract: "Times the budget sweeps and the bootstrap on made-up tables: minimum and median."
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
            Timing("exact threshold sweep, sort and curve", rounds: rounds) { work.sweep() },
            Timing("exact penalty sweep, hulls and curve", rounds: rounds) { work.penaltySweep() },
            Timing("1,000 bootstrap replicates of all metrics at \(points) points", rounds: min(rounds, 5)) {
                work.bootstrap(points: points, replicates: 1_000)
            },
            Timing(
                "a board of 20 rows at \(min(100, items)) points on 1,000 resamples, all pairs",
                rounds: min(rounds, 5)
            ) {
                work.board(rows: 20, points: min(100, items), replicates: 1_000)
            },
        ]
        let document: JSONValue = [
            "schema": "routegrid/bench/v1", "items": JSONValue(items), "models": JSONValue(models),
            "rows": .array(rows.map(\.json)),
        ]
        var table = TextTable(["\(items) items × \(models) models"] + Timing.titles)
        for row in rows { table.add(row.cells) }
        output.console.emit(document, table: table.rendered(bold: output.console.colorsData))
    }
}
