import Allocation
import ArgumentParser
import Foundation
import RouteGridBase

/// Workers through a batch system.
struct AllocVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alloc",
        abstract: "Keeps the right number of workers in the queue of a batch system.",
        discussion: """
            Examples:
              routegrid alloc slurm --connect tcp://head:7557 --min 0 --max 20 --walltime 4h --worker-key worker.key
              routegrid alloc status
            """,
        subcommands: [AllocSlurm.self, AllocStatus.self]
    )
}

/// Which allocator: `@OptionGroup var place: AllocatorPlace`.
struct AllocatorPlace: ParsableArguments {
    @Option(
        name: .customLong("state-file"),
        help: ArgumentHelp(
            "The state of the allocator; its folder is the allocator's own, with its lock and logs/ of the jobs, and is on a "
                + "file system that the nodes share. Default: below ~/.local/state/routegrid/alloc.",
            valueName: "file"
        )
    )
    var file: String?

    /// The folder of a state file.
    static func folder(of file: String) -> String {
        let folder = (file as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    /// The path as every process would write it.
    static func absolute(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        return (whole as NSString).standardizingPath
    }
}

extension TimeSpan: ExpressibleByArgument {
    /// A time of the command line.
    public init?(argument: String) { self.init(argument) }
    /// The time as help shows it.
    public var defaultValueDescription: String { text }
}
