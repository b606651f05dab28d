import ArgumentParser
import Catalog
import Coordinator
import Grid
import RouteGridBase
import RoutingData

/// Prints what a grid would compute, before anything runs.
struct PlanVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Checks a grid and counts its cells, fits and keys: what is recorded and what would run.",
        discussion: """
            Up to a million cells the counts are exact; above that they are estimated, and marked as such. Under price \
            sheets it also says what other prices repeat: the fits that train on cost, and all evaluations.

            Example:
              routegrid plan jobs/demo.yaml --state ./state
            """
    )

    @Argument(help: ArgumentHelp("The grid file.", valueName: "grid"))
    var grid: String

    @Option(
        help: ArgumentHelp("A state folder whose records count as done. Default: state/, as for run.", valueName: "dir")
    )
    var state: String?

    @Option(help: ArgumentHelp("Also write the frozen grid, grid.lock.json, to this file.", valueName: "file"))
    var lock: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let resolved = try GridResolver.resolve(DatasetGrid.file(at: grid), numerics: .ofThisMachine())
        let frozen = resolved.lock
        if let lock { try FileBytes.write(frozen.bytes, to: lock) }
        for warning in resolved.warnings { output.console.warn(warning) }
        let summary: PlanSummary
        var earlier = EarlierRecords()
        if let index = try RecordIndex(stateFolder: state ?? StatePlace.usual) {
            summary = try PlanSummary(frozen) { (keys: [JobKey]) throws(RouteGridError) in try index.recorded(keys) }
            if summary.isExact, summary.new > 0 {
                let jobs = try index.latestJobs(limit: Self.recordsLookedAt)
                earlier = try EarlierRecords(frozen, jobs: jobs) { (keys: [JobKey]) throws(RouteGridError) in
                    try index.recorded(keys)
                }
            }
        } else {
            if let state { output.console.note("no records in \(state) yet") }
            summary = PlanSummary(frozen)
        }
        output.console.emit(document(resolved, summary, earlier), table: page(frozen, summary, earlier))
    }

    /// Records, the latest first, that are searched for those of earlier revisions.
    private static let recordsLookedAt = 100_000

    private func document(
        _ grid: ResolvedGrid,
        _ summary: PlanSummary,
        _ earlier: EarlierRecords
    ) -> JSONValue {
        let lock = grid.lock
        var members = summary.json.objectValue ?? [:]
        members["name"] = .string(lock.name)
        members["mode"] = .string(lock.mode.rawValue)
        members["numerics"] = .string(lock.numerics)
        members["warnings"] = JSONValue(grid.warnings)
        members["unsealed"] = .bool(lock.isUnsealed)
        members["earlier_revisions"] = earlier.json
        members["lock_sha256"] = .string(lock.digest.hex)
        return .object(members)
    }

    private func page(_ lock: GridLock, _ summary: PlanSummary, _ earlier: EarlierRecords) -> String {
        var blocks = TextTable("router", ">cells", ">excluded", ">fits")
        for block in summary.blocks {
            blocks.add(block.router, String(block.cells), String(block.excluded), String(block.groups))
        }
        blocks.add("all", String(summary.cells), String(summary.excluded), String(summary.groups))
        let about = summary.isExact ? "" : "about "
        let shared = lock.judgedCellCount - summary.keys
        var lines = [
            "grid \(lock.name), mode \(lock.mode.rawValue), \(lock.numerics)\(lock.isUnsealed ? ", unsealed" : "")",
            "",
            blocks.rendered(bold: output.console.colorsData),
        ]
        if let stage = summary.secondStage { lines += stages(lock, stage) }
        lines += [
            "keys      \(about)\(summary.keys)" + (shared > 0 ? " (\(shared) cells share the key of another)" : ""),
            "recorded  \(about)\(summary.recorded)",
            "new       \(about)\(summary.new)",
            "fits      \(about)\(summary.newFits) to run, \(about)\(summary.newFitsOnCost) of them trained on cost",
        ]
        if lock.contents.axes.tables.contains(where: { $0.prices != nil }) {
            lines.append(
                "prices    other prices repeat \(about)\(summary.fitsOnCost) of \(about)\(summary.fits) fits (trained on cost) "
                    + "and \(about)\(summary.keys) evaluations"
            )
        }
        lines += earlier.lines.map { "earlier   \($0)" }
        if summary.latency > 0 { lines.append("latency   \(summary.latency) measurements, in every run") }
        if !summary.isExact {
            lines.append(
                "estimated: the grid has more than \(PlanSummary.exactLimit) cells, a share of its fits was counted"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func stages(_ lock: GridLock, _ stage: PlanSummary.SecondStage) -> [String] {
        guard let select = lock.contents.select else { return [] }
        let per = select.per + (lock.selectsBySplit ? ["split index"] : [])
        var second = "one configuration for each \(per.joined(separator: ", ")), by \(select.metric) on dev"
        if let selected = stage.selected {
            let (least, most) = (selected.leastCells, selected.mostCells)
            second =
                "\(least == most ? "\(most)" : "\(least) to \(most)") of \(stage.cells) test cells: \(second) "
                + "(\(selected.configurations))"
        } else {
            second = "some of \(stage.cells) test cells: \(second)"
        }
        return [
            "stage 1   \(lock.judgedCellCount) dev cells; keys and fits below are theirs", "stage 2   \(second)",
        ]
    }
}
