import ArgumentParser
import Foundation
import RouteGridBase
import Worker

/// The programs that `exec` routers may run: `@OptionGroup var programs: ProgramOptions`.
struct ProgramOptions: ParsableArguments {
    @Option(
        name: .customLong("allow-exec"),
        help: ArgumentHelp(
            "Let routers {kind: exec, command: NAME} run this program, as this user; may be repeated. Default: none.",
            valueName: "name=path"
        )
    )
    var pairs: [String] = []

    /// - Throws: `usage` as ``AllowedPrograms`` does.
    func allowed() throws(RouteGridError) -> AllowedPrograms {
        try AllowedPrograms(pairs, in: FileManager.default.currentDirectoryPath)
    }

    /// The options that allow the same to a child process.
    static func words(_ programs: AllowedPrograms) -> [String] { programs.pairs.flatMap { ["--allow-exec", $0] } }
}
