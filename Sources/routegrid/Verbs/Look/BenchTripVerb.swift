import ArgumentParser
import Foundation
import Grid
import RouteGridBase
import Wire

/// Times one job after the other on a running coordinator with a worker; `deploy/bench queue` calls it.
struct BenchTripVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-trip",
        abstract: "Submits grids of one cell, one after the other, and times each until its record is in hand.",
        discussion: """
            Two times a job: from sending Submit to the answer that the run is on disk, and from there to the record, which \
            is on disk before it is sent. Each is one sync of the disk at least.
            """,
        shouldDisplay: false
    )

    @Option(help: "A dataset folder.") var data: String
    @Option(help: "How many jobs.") var jobs = 200
    @Option(help: "The seed of the first job; a seed that was used before is not computed again.") var seed = 1_000_000
    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let client = try connection.client("bench-trip")
        defer { client.close() }
        var position = UInt64(try client.query(.store)["last_sequence"]?.integerValue ?? 0)
        var (submissions, trips): ([Double], [Double]) = ([], [])
        let numerics = try NumericsClasses.ofThisMachine()
        // The first few fetch data and start slots.
        for job in -5..<jobs {
            let grid = try GridResolver.resolve(
                GridFile(yaml: Self.grid(data: data, seed: seed + job + 5), path: "bench.yaml"),
                numerics: numerics
            )
            let submission = try BenchLimitsVerb.microseconds { _ = try client.submit(grid) }
            let trip = try BenchLimitsVerb.microseconds {
                try client.follow(after: position, credit: 1) { records in
                    position = records.last
                    return false
                }
            }
            guard job >= 0 else { continue }
            submissions.append(submission)
            trips.append(trip)
        }
        let document: JSONValue = [
            "schema": "routegrid/bench-trip/v1", "jobs": JSONValue(jobs),
            "submit_us": .double(submissions.sorted()[jobs / 2]), "record_us": .double(trips.sorted()[jobs / 2]),
            "record_p90_us": .double(trips.sorted()[jobs * 9 / 10]),
        ]
        output.console.emit(document, table: document.jsonText + "\n")
    }

    private static func grid(data: String, seed: Int) -> String {
        """
        name: trip
        datasets:
          digits: {path: \(data)}
        splits: [{kind: random, train: 0.6, dev: 0.2, test: 0.2, seed: 1}]
        routers: [{kind: random, trials: 1}]
        seeds: [\(seed)]
        budgets: {rule: threshold, at: [1]}
        """
    }
}
