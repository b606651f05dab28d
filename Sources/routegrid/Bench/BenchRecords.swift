import ArgumentParser
import Coordinator
import Grid
import RouteGridBase
import Scheduling

/// `routegrid bench records`: the check of records before their commit.
struct BenchRecords: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "records",
        abstract: "Times the check of a finished run's records, read in place and as trees: minimum and median."
    )

    @Option(help: "The state folder of a finished run.") var state: String
    @Option(help: "How often all records are checked.") var rounds = 20
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...100_000).contains(rounds) else { throw ValidationError("--rounds takes 1 to 100000.") }
    }

    func run() throws {
        let store = try RecordStore(reading: StateFolder(reading: state))
        defer { store.close() }
        guard let run = try store.runs().last else { throw RouteGridError(.usage, "\(state): there is no run") }
        let lock = try GridLock(parsing: run.lock)
        let jobs = lock.evaluationGroups.flatMap { lock.jobs(ofGroup: $0) }
        let records = try store.records(of: jobs.map(\.jobKey)).records
        var cells: [JobKey: CellID] = [:]
        for job in jobs { cells[job.jobKey] = job.cell }
        let writes = try records.compactMap { line -> StoreWrite? in
            let record = try CheckedRecord(line.body, place: "a record of \(state)")
            guard let cell = cells[record.jobKey] else { return nil }
            let row = ResultRow(
                run: run.id,
                cell: cell,
                jobKey: record.jobKey,
                resultDigest: record.resultDigest,
                body: line.body[...],
                runInfo: [],
                worker: "",
                choices: record.choices,
                isLatency: record.isLatency
            )
            return .result(row)
        }
        let rows = [("in place", false), ("as trees", true)].map { name, readsTrees in
            let checker = RecordChecker(readsTrees: readsTrees)
            return Timing("\(writes.count) records \(name), on all cores", rounds: rounds) {
                let found = checker.faults(in: writes, locks: [run.id: lock], store: store)
                return writes.count - found.faults.count - found.unchecked
            }
        }
        let document: JSONValue = [
            "schema": "routegrid/bench/v1", "records": JSONValue(writes.count), "rows": .array(rows.map(\.json)),
        ]
        var table = TextTable(["check of records"] + Timing.titles)
        for row in rows { table.add(row.cells) }
        output.console.emit(document, table: table.rendered(bold: output.console.colorsData))
    }
}
