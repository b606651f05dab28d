import ArgumentParser
import Foundation
import PlantedTrials

/// Measures what boards get wrong on data whose truth is known.
struct PlantedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "planted",
        abstract: "Measures what boards get wrong on data whose truth is known, in this process.",
        discussion: """
            Each table goes through all of the real code: dataset folder, grid, fits, selection, records, board. Ends with \
            0 when every bound is kept, else with 4.

            \(PlantedTrials.all.map { "  \($0.name): \($0.usualTables) tables" }.joined(separator: "\n"))
            """
    )

    @Option(help: "Which of the trials, by name; the beginning of a name takes all that have it. Absent: all.")
    var what = ""
    @Option(help: "How many tables; absent: as many as listed.") var tables: Int?
    @Option(help: "The same seed makes the same tables.") var seed = 1
    @Option(help: "Tables computed at a time.") var jobs = 1

    func run() throws {
        let trials = PlantedTrials.all.filter { $0.name.hasPrefix(what) }
        guard !trials.isEmpty else {
            throw ValidationError(
                "no trial \"\(what)\"; there are \(PlantedTrials.all.map(\.name).joined(separator: ", "))"
            )
        }
        var isKept = true
        for trial in trials {
            let clock = ContinuousClock()
            let begun = clock.now
            let bars = try trial.measure(tables: tables, seed: seed, threads: jobs) { done, count in
                guard isatty(2) != 0 else { return }
                FileHandle.standardError.write(Data("\r\(trial.name) \(done) of \(count)".utf8))
            }
            let seconds = Int((clock.now - begun) / .seconds(1))
            if isatty(2) != 0 { FileHandle.standardError.write(Data("\r".utf8)) }
            print("\(trial.name): \(tables ?? trial.usualTables) tables of seed \(seed), \(seconds) s")
            for bar in bars { print(bar.line) }
            fflush(nil)
            isKept = isKept && bars.allSatisfy(\.isKept)
        }
        guard isKept else { throw ExitCode(4) }
    }
}
