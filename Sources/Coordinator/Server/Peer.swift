import RouteGridBase
import Wire

/// The name that libzmq gave to a connection.
package struct RoutingID: Hashable, Sendable {
    package let bytes: [UInt8]
    package init(bytes: [UInt8]) { self.bytes = bytes }
}

/// A process that sent a hello.
struct Peer: Sendable {
    let boot: [UInt8]
    let role: WireRole
    let name: String
    let build: String
    /// The User-Id of its key; nil in plain text.
    let key: String?
    var worker: WorkerID?
    var slots: Int
    var numerics: [String]
    /// The connection of its last hello.
    var route: RoutingID
    /// The number of its last message among all.
    var lastMessage: UInt64 = 0
    /// Records of it that were refused because they did not agree with themselves, their cell or the data.
    var faults = 0

    /// At so many faults a worker is expelled.
    static let faultLimit = 3
}

/// The connected processes, by connection and by process.
///
/// A process that returns on a new connection keeps its name.
struct PeerTable: Sendable {
    private(set) var byRoute: [RoutingID: Peer] = [:]
    private var routes: [[UInt8]: RoutingID] = [:]
    private var workers: [WorkerID: RoutingID] = [:]
    private var names: [[UInt8]: WorkerID] = [:]
    /// The key that each process greeted with.
    private var owners: [[UInt8]: String] = [:]
    private var nextWorker: UInt64 = 1
    private var messages: UInt64 = 0
    private(set) var clientCount = 0
    /// Processes that are connected, by key.
    private var counts: [String: Int] = [:]
    /// Processes that were expelled, the newest last.
    private var expelled: [[UInt8]] = []
    private static let expelledLimit = 1_024

    subscript(route: RoutingID) -> Peer? { byRoute[route] }

    var workerCount: Int { workers.count }

    func count(of key: String) -> Int { counts[key] ?? 0 }

    /// Notes that a client sent something: the one that was silent for longest is forgotten first.
    mutating func noteMessage(_ route: RoutingID) {
        messages += 1
        byRoute[route]?.lastMessage = messages
    }

    /// The client that was silent for longest.
    var mostSilentClient: RoutingID? {
        byRoute.values.filter { $0.worker == nil }.min { $0.lastMessage < $1.lastMessage }?.route
    }

    func route(of worker: WorkerID) -> RoutingID? { workers[worker] }
    func peer(of worker: WorkerID) -> Peer? { workers[worker].flatMap { byRoute[$0] } }

    var all: [Peer] {
        byRoute.values.sorted { ($0.worker ?? WorkerID(0), $0.name) < ($1.worker ?? WorkerID(0), $1.name) }
    }

    /// Adds a peer; an older connection of the same process is dropped.
    mutating func enter(_ hello: WireHello, route: RoutingID, key: String?) -> Peer {
        let boot = Array(hello.boot)
        owners[boot] = key
        var worker: WorkerID?
        if hello.role == .worker {
            if names[boot] == nil {
                names[boot] = WorkerID(nextWorker)
                nextWorker += 1
            }
            worker = names[boot]
        }
        let peer = Peer(
            boot: boot,
            role: hello.role,
            name: SafeText.shortened(SafeText.line(hello.name), to: 200),
            build: hello.build,
            key: key,
            worker: worker,
            slots: Int(hello.slots),
            numerics: hello.numerics,
            route: route,
            faults: routes[boot].flatMap { byRoute[$0]?.faults } ?? 0
        )
        if let old = routes[boot], old != route { remove(old) }
        remove(route)
        byRoute[route] = peer
        if worker == nil { clientCount += 1 }
        if let key { counts[key, default: 0] += 1 }
        noteMessage(route)
        routes[boot] = route
        if let worker { workers[worker] = route }
        return peer
    }

    /// Drops a worker's connection: its next message is answered by `Unknown`.
    mutating func forget(_ worker: WorkerID) {
        guard let route = workers.removeValue(forKey: worker), let peer = remove(route) else { return }
        drop(peer)
    }

    @discardableResult
    private mutating func remove(_ route: RoutingID) -> Peer? {
        guard let peer = byRoute.removeValue(forKey: route) else { return nil }
        if peer.worker == nil { clientCount -= 1 }
        if let key = peer.key, let count = counts[key] { counts[key] = count > 1 ? count - 1 : nil }
        return peer
    }

    /// Forgets a process: every caller has removed it from the scheduler, or it is no worker.
    private mutating func drop(_ peer: Peer) {
        (routes[peer.boot], owners[peer.boot], names[peer.boot]) = (nil, nil, nil)
        if let worker = peer.worker { workers[worker] = nil }
    }

    /// Drops a connection and remembers its process, whose next hello is refused.
    mutating func expel(_ route: RoutingID) {
        guard let peer = byRoute[route] else { return }
        forget(route)
        if expelled.count == Self.expelledLimit { expelled.removeFirst() }
        expelled.append(peer.boot)
    }

    /// The key that a process with this boot id greeted with before.
    func owner(of hello: WireHello) -> String? { owners[Array(hello.boot)] }

    func isExpelled(_ hello: WireHello) -> Bool { expelled.contains { hello.boot.elementsEqual($0) } }

    /// Counts faults of a peer; returns how many it has.
    mutating func blame(_ route: RoutingID, by count: Int) -> Int {
        byRoute[route]?.faults += count
        return byRoute[route]?.faults ?? 0
    }

    mutating func forget(_ route: RoutingID) {
        guard let peer = remove(route) else { return }
        drop(peer)
    }
}
