import ArgumentParser
import Coordinator
import RouteGridBase
import Wire

/// Keeps a copy of a coordinator's records elsewhere.
struct BackupVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies a coordinator's records, blobs and grids into a folder, as they are committed.",
        discussion: """
            The folder may be on any file system, network ones too; the copy is continued when the command is started \
            again. `routegrid coordinator --restore DIR` makes a state folder out of it.

            Example:
              routegrid backup --to /mnt/nfs/routegrid --connect tcp://127.0.0.1:7557 --once
            """
    )

    @Option(help: ArgumentHelp("The folder of the copy.", valueName: "dir"))
    var to: String

    @Flag(help: "End when everything that is there now is copied, in place of following for ever.")
    var once = false

    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let client = try connection.client("backup")
        defer { client.close() }
        var writer = try BackupWriter(path: to, client: client)
        let console = output.console
        try writer.follow(isOnce: once) {
            console.warn("left out of the backup: \($0)")
        } progress: {
            console.note("\($0) records copied to \(to)")
        }
        console.emit(
            [
                "schema": "routegrid/backup/v1", "sequence": JSONValue(Int(clamping: writer.position.sequence)),
                "left_out": JSONValue(writer.position.leftOut),
            ],
            table: "\(to) holds every record up to number \(writer.position.sequence)"
                + (writer.position.leftOut > 0 ? " but \(writer.position.leftOut)\n" : "\n")
        )
        guard writer.faultCount == 0 else {
            throw RouteGridError(
                .checkFailed,
                "\(writer.faultCount) records of the coordinator are not whole and were left out; after a restore their cells "
                    + "are computed again"
            )
        }
    }
}
