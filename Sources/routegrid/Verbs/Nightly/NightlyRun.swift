import ArgumentParser
import Foundation
import Nightly
import RouteGridBase

/// One night.
struct NightlyRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Computes what is not recorded, judges the night and publishes it.",
        discussion: "See `routegrid nightly --help`."
    )

    @Argument(help: ArgumentHelp("The grid file.", valueName: "grid")) var grid: String
    @Option(help: ArgumentHelp("The folder of all nights.", valueName: "dir")) var publish: String
    @Option(help: "How many workers of one's own; without it, one a core.") var workers: Int?
    @Option(help: ArgumentHelp("A file with the member gate, in place of the grid's.", valueName: "file")) var gate:
        String?
    @Option(help: ArgumentHelp("Keep so many nights besides the reference.", valueName: "n")) var keep: Int?
    @Option(help: ArgumentHelp("End with 4 also for this verdict: changed.", valueName: "verdict")) var failOn: String?
    @Option(help: ArgumentHelp("Run when the night is not clean.", valueName: "command")) var onChange: String?
    @Option(help: ArgumentHelp("Measures the outcomes again before an alarm.", valueName: "command")) var again: String?
    @Option(help: ArgumentHelp("The time that is published, in place of now.", visibility: .hidden)) var at: String?
    @OptionGroup var connection: ConnectOptions
    @OptionGroup var programs: ProgramOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let failOn, failOn != "changed" { throw ValidationError("--fail-on takes changed.") }
        if let keep, keep < 1 { throw ValidationError("--keep takes a number of nights, at least 1.") }
        if let workers, !(1...1024).contains(workers) { throw ValidationError("--workers takes 1 to 1024.") }
    }

    func run() throws {
        let console = output.console
        let folder = try NightFolder(path: publish)
        let own = NightRun.Cluster.own(
            workers: workers ?? ProcessInfo.processInfo.activeProcessorCount,
            state: connection.state ?? "\(publish)/state"
        )
        let outcome = try NightRun(
            grid: grid,
            folder: folder,
            cluster: connection.connect == nil ? own : .other(connection),
            gateFile: gate,
            programs: try programs.allowed(),
            again: again,
            keep: keep,
            time: at ?? ISO8601DateFormatter().string(from: Date()),
            console: console
        ).perform()
        let night = outcome.night
        console.emit(
            [
                "schema": "routegrid/night/v1", "night": .string(night.id), "verdict": .string(night.verdict.rawValue),
                "text": .string(night.text), "findings": JSONValue(night.findings),
                "reference": night.reference.map { .string($0) } ?? .null, "cells": JSONValue(night.cells),
                "computed": JSONValue(night.computed), "folder": .string(folder.night(night.id)),
                "classes": .object(night.classes.mapValues { JSONValue($0) }),
            ],
            table: text(night)
        )
        if night.verdict != .clean, let onChange {
            let code = ShellCommand(
                onChange,
                environment: [
                    "ROUTEGRID_VERDICT": night.verdict.rawValue, "ROUTEGRID_NIGHT": night.id,
                    "ROUTEGRID_FOLDER": folder.night(night.id), "ROUTEGRID_TEXT": SafeText.line(night.text),
                ]
            ).run()
            if code != 0 { console.warn("--on-change: the command ended with exit code \(code)") }
        }
        switch night.verdict {
        case .clean: break
        case .changed:
            if failOn != nil { throw RouteGridError(.checkFailed, "night \(night.id) is changed") }
        case .regressed: throw RouteGridError(.checkFailed, "night \(night.id) is regressed: \(night.text)")
        case .incomplete: throw RouteGridError(.incomplete, "night \(night.id) is incomplete: \(night.text)")
        }
    }

    private func text(_ night: NightHistory.Night) -> String {
        var text = "Night \(night.id): \(night.verdict.rawValue). \(SafeText.line(night.text))\n"
        text +=
            "\(night.computed) of \(night.cells) cells computed, judged against night \(night.reference ?? "none").\n"
        text += night.findings.map { "  \(SafeText.line($0))\n" }.joined()
        return text
    }
}
