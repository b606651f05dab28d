import ArgumentParser
import Foundation
import Nightly
import RouteGridBase

/// Moves the reference.
struct NightlyAccept: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Makes a night the reference that later ones are judged against.",
        discussion: """
            Example:
              routegrid nightly accept nights/demo 0042
            """
    )

    @Argument(help: ArgumentHelp("The folder of all nights.", valueName: "dir")) var folder: String
    @Argument(help: "The night's number, or last.") var night: String
    @Option(help: ArgumentHelp("The time that is published, in place of now.", visibility: .hidden)) var at: String?
    @OptionGroup var output: OutputOptions

    func run() throws {
        guard var history = try NightHistory.read(in: folder) else {
            throw RouteGridError.badInput(
                folder,
                "no \(NightHistory.name) in this folder; expected one of `nightly --publish`"
            )
        }
        let nights = try NightFolder(path: folder)
        let number = Int(night).map { number in history.nights.first { Int($0.id) == number }?.id ?? night }
        let id = night == "last" ? history.nights.last?.id ?? night : number ?? night
        guard history.night(id) == nil || nights.kept.contains(id) else {
            throw RouteGridError(.usage, "night \(id) was pruned: its records are gone")
        }
        try history.accept(id, at: at ?? ISO8601DateFormatter().string(from: Date()))
        try nights.write(history)
        output.console.emit(
            ["schema": "routegrid/reference/v1", "reference": .string(id)],
            table: "Later nights are judged against night \(id).\n"
        )
    }
}
