import ArgumentParser
import Coordinator
import Foundation
import Keys
import RouteGridBase
import Wire
import ZeroMQ

/// `routegrid purge`: takes records back whose origin is not trusted any more.
struct PurgeVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Takes records of a cell, a worker or a key back: their cells run again.",
        discussion: """
            In every run that has them the cells are pending again, finished runs go on, and the audit of the state folder \
            says who did it. A coordinator that uses the folder does it while it runs; on a folder at rest the runs go on \
            when one starts. Backups, and folders of boards that were written before, keep what they have: write them anew. \
            A worker's name is what it called itself; a key is what it proved. Revoke the key first \
            (`routegrid keys revoke`).

            Examples:
              routegrid purge --key w1 --state ./state
              routegrid purge --cell 3/17 --state ./state --dry-run
              routegrid purge --worker node7:4711 --connect tcp://head:7557 --admin-key me.key
            """
    )

    @Option(help: ArgumentHelp("One cell, as `routegrid explain` names it.", valueName: "run/cell"))
    var cell: String?

    @Option(help: ArgumentHelp("All records of workers that called themselves so.", valueName: "name"))
    var worker: String?

    @Option(
        help: ArgumentHelp(
            "All records that a key delivered: a name (all its keys) or a fingerprint.",
            valueName: "key"
        )
    )
    var key: String?

    @Flag(name: .customLong("dry-run"), help: "Only says what would be taken back.")
    var isDry = false

    @Option(help: ArgumentHelp("In place of a state folder: the coordinator's address.", valueName: "url"))
    var connect: String?

    @Option(
        name: .customLong("admin-key"),
        help: ArgumentHelp("The file of the key to connect with, of an admin.", valueName: "file")
    )
    var adminKey: String?

    @OptionGroup var options: KeysOptions

    func validate() throws {
        guard [cell, worker, key].compactMap({ $0 }).count == 1 else {
            throw ValidationError("Say what to purge: one of --cell RUN/CELL, --worker NAME, --key KEY.")
        }
        if let cell, (try? PurgeRequest(cell: cell)) == nil {
            throw ValidationError("--cell takes RUN/CELL, such as 3/17.")
        }
        if connect != nil, options.folder != nil {
            throw ValidationError("--connect and --state exclude each other.")
        }
    }

    func run() throws {
        let request: PurgeRequest
        if let cell {
            request = try PurgeRequest(cell: cell)
        } else {
            request = key.map { .key($0) } ?? .worker(worker ?? "")
        }
        if let connect { return try purge(request, through: self.client(connect)) }
        let state = try options.state()
        if let client = try ConnectOptions.client(ofFolder: state, connect: client) {
            return try purge(request, through: client)
        }
        let (selection, detail) = try request.selection(state: state)
        // Only where there is one: nothing is made by a purge.
        let reading = try RecordStore(reading: StateFolder(reading: state))
        if isDry { return show(PurgeReport(records: try reading.delivered(selection), cells: nil).json) }
        let store = try RecordStore(folder: StateFolder(path: state))
        defer { store.close() }
        let records = try store.delivered(selection)
        let cells =
            try records.isEmpty ? [:] : store.purge(records, actor: "\(NSUserName()) with purge", detail: detail)
        show(PurgeReport(records: records, cells: cells.values.reduce(0) { $0 + $1.count }).json)
    }

    private func client(_ url: String) throws(RouteGridError) -> ClusterClient {
        let source = try KeySource(keyFile: adminKey, role: .admin, for: ZMQAddress(url))
        return try ClusterClient.connect(url, key: source, name: "purge")
    }

    private func purge(_ request: PurgeRequest, through client: ClusterClient) throws {
        defer { client.close() }
        // All records are read, and all keys of the runs that have some of them.
        client.requestLimit = .seconds(3_600)
        let answer = try client.control(.purge, request.text, value: isDry ? "dry-run" : "")
        show(try JSONValue(parsing: answer.utf8, place: "the coordinator's answer to purge"))
    }

    private func show(_ report: JSONValue) {
        let records = report["records_total"]?.integerValue ?? 0
        options.output.console.emit(
            report,
            table: report["cells"]?.integerValue.map {
                "\(records) records taken back, \($0) cells of runs pending again\n"
            } ?? "\(records) records would be taken back\n"
        )
    }
}
