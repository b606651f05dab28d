import ArgumentParser
import Coordinator
import Foundation
import Keys
import RouteGridBase
import Wire
import ZeroMQ

/// Where the coordinator is: `@OptionGroup var connection: ConnectOptions`.
struct ConnectOptions: ParsableArguments {
    private static let usual = "tcp://127.0.0.1:7557"

    @Option(help: "The coordinator's address: tcp://HOST:PORT or ipc://PATH. Default: \(usual), or what uses ./state.")
    var connect: String?

    @Option(help: ArgumentHelp("In place of an address: the state folder that the coordinator uses.", valueName: "dir"))
    var state: String?

    @OptionGroup var key: KeyOptions

    @Option(name: .customLong("connect-timeout"), help: ArgumentHelp("How long to wait for it.", valueName: "seconds"))
    var timeout = 5.0

    func validate() throws {
        if connect != nil && state != nil { throw ValidationError("--connect and --state exclude each other.") }
    }

    /// Connects to the coordinator.
    ///
    /// - Throws: `unreachable` (69), `protocolRefused` (76), `usage` for a bad address (64), `badInput` (65) for a
    ///   folder that is no state folder.
    func client(_ verb: String, as role: Role = .admin) throws(RouteGridError) -> ClusterClient {
        guard connect == nil else { return try greet(connect ?? ConnectOptions.usual, verb, role) }
        if let client = try clientOfFolder(verb, role) { return client }
        if let state {
            _ = try StoredState(folder: state)
            throw RouteGridError(
                .unreachable,
                "\(state): no coordinator uses this state folder now; `routegrid coordinator --state \(state)` starts one"
            )
        }
        return try greet(ConnectOptions.usual, verb, role)
    }

    /// Connects as one who only looks: where a coordinator left keys, with that of a reader.
    ///
    /// - Throws: As ``client(_:)``.
    func reader(_ verb: String) throws(RouteGridError) -> ClusterClient {
        try client(verb, as: .reader)
    }

    /// What answers queries: a coordinator, or, where there is none, the content of a state folder.
    enum Source {
        case coordinator(ClusterClient)
        case folder(StoredState, path: String)
    }

    /// - Throws: As ``client(_:)``.
    func source(_ verb: String) throws(RouteGridError) -> Source {
        guard connect == nil else { return .coordinator(try client(verb)) }
        if let client = try clientOfFolder(verb, .admin) { return .coordinator(client) }
        if let state { return .folder(try StoredState(folder: state), path: state) }
        let isAtRest = FileManager.default.fileExists(atPath: StatePlace.usual + "/records.sqlite")
        guard isAtRest else { return .coordinator(try client(verb)) }
        do throws(RouteGridError) {
            return .coordinator(
                try connected(ConnectOptions.usual, within: .milliseconds(300), verb, .admin)
            )
        } catch {
            return .folder(try StoredState(folder: StatePlace.usual), path: StatePlace.usual)
        }
    }

    /// The coordinator that uses the folder; nil when there is none.
    private func clientOfFolder(_ verb: String, _ role: Role) throws(RouteGridError) -> ClusterClient? {
        try Self.client(ofFolder: state ?? StatePlace.usual) { url throws(RouteGridError) in
            try connected(url, within: .seconds(min(timeout, 2)), verb, role)
        }
    }

    /// The coordinator that uses a state folder; nil when there is none.
    ///
    /// - Parameters:
    ///   - folder: the state folder.
    ///   - connect: connects to an address.
    /// - Returns: the client, when who answers uses that folder.
    /// - Throws: what `connect` throws, but for nobody that answers.
    static func client(
        ofFolder folder: String,
        connect: (String) throws(RouteGridError) -> ClusterClient
    ) throws(RouteGridError) -> ClusterClient? {
        guard let address = CoordinatorAddress(stateFolder: folder) else { return nil }
        do throws(RouteGridError) {
            let url = try ZMQAddress(address.url).onThisMachine?.text ?? address.url
            let client = try connect(url)
            // A killed coordinator leaves its address behind: another one may listen there now.
            if client.welcome.coordinator == Data(address.identity) { return client }
            client.close()
            return nil
        } catch {
            if error.code == .unreachable || error.code == .usage { return nil }
            throw error
        }
    }

    private func greet(_ url: String, _ verb: String, _ role: Role) throws(RouteGridError) -> ClusterClient {
        try connected(url, within: .seconds(timeout), verb, role)
    }

    private func connected(
        _ url: String,
        within limit: Duration,
        _ verb: String,
        _ role: Role
    ) throws(RouteGridError) -> ClusterClient {
        let source = try key.source(role, for: url)
        return try ClusterClient.connect(url, key: source, within: limit, name: verb)
    }

    /// The options in the form of a command line, for advice; empty when the usual address is used.
    var words: String {
        if let state { return " --state \(ShellWord.quoted(state))" }
        return connect.map { " --connect \(ShellWord.quoted($0))" } ?? ""
    }
}
