import ArgumentParser
import ClusterTrials
import Foundation

/// Damaged messages into a real coordinator.
struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Sends damaged messages of every kind to a coordinator beside a real run.",
        discussion: """
            The same seed draws the same messages, up to what the coordinator answers. Ends with 0 when it lived, kept its \
            memory bounded and ended the run with the bytes of a quiet one, else with 4.
            """
    )

    @Option(help: "How many messages.") var messages = 1_000_000
    @Option(help: "What they are drawn from.") var seed: UInt64 = 1
    @Option(help: "The built command.") var routegrid: String
    @Option(help: "The dataset folder that the grid is made of.") var dataset: String

    func run() throws {
        let folder = NSTemporaryDirectory() + "routegrid-fuzz-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        var trial = FuzzTrial(routegrid: routegrid, dataset: dataset, folder: folder, messages: messages, seed: seed)
        trial.say = { text in FileHandle.standardError.write(Data((text + "\n").utf8)) }
        let parts = try trial.run()
        for part in parts { print(part.line) }
        guard parts.allSatisfy(\.faults.isEmpty) else {
            FileHandle.standardError.write(Data("what was left: \(folder)\n".utf8))
            throw ExitCode(4)
        }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
