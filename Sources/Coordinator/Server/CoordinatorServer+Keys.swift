import Keys
import Logging
import RouteGridBase
import Scheduling
import Wire

extension CoordinatorServer {
    /// Who sent a message, and in which role its key may act now.
    enum Sender {
        /// In plain text everybody may do everything.
        case anybody
        case key(String, Role)

        var key: String? { if case .key(let key, _) = self { key } else { nil } }
    }

    /// The sender of a message.
    ///
    /// - Throws: `refused` when its key was revoked since it connected.
    func sender(userID: String?) throws(RouteGridError) -> Sender {
        guard let keys else { return .anybody }
        guard let userID, let role = keys.role(userID: userID) else {
            throw RouteGridError(.refused, "this key may not connect any more: it was revoked, or has expired")
        }
        return .key(userID, role)
    }

    /// - Throws: `refused` when the sender's role may not do what a message asks for.
    func admit(_ sender: Sender, _ act: Act?) throws(RouteGridError) {
        guard case .key(_, let role) = sender else { return }
        guard let act, Permissions.allow(role, act) else {
            throw RouteGridError(.refused, "a key of role \(role) may not send this message")
        }
    }

    /// - Throws: `refused` for a process, or a connection, that belongs to another key, and for a hello that changes
    ///   the role of a connection.
    func admit(_ sender: Sender, _ hello: WireHello, _ route: RoutingID) throws(RouteGridError) {
        if let known = peers[route], known.role != hello.role || !hello.boot.elementsEqual(known.boot) {
            throw RouteGridError(.refused, "this connection has greeted as another process")
        }
        guard let keys, let owner = peers.owner(of: hello), !keys.isSame(owner, sender.key) else { return }
        throw RouteGridError(.refused, "a process with this boot id has greeted with another key")
    }

    /// False when another worker holds the lease.
    ///
    /// True for one that nobody holds: that it started, failed or is released changes nothing, and the results of cells
    /// that the worker's key was granted are welcome late.
    func holds(_ lease: LeaseID, _ worker: WorkerID) -> Bool {
        scheduler.worker(of: lease).map { $0 == worker } ?? true
    }

    /// Reads the keys again; processes whose key was revoked are dropped, and their leases return.
    func followKeys() {
        guard keys?.poll(log) == true else { return }
        for peer in peers.all where keys?.role(userID: peer.key) == nil {
            log.warning("key revoked", metadata: ["peer": "\(peer.name)", "key": "\(peer.key ?? "")"])
            send(.refused(.refused, "this key may not connect any more: it was revoked"), to: peer.route)
            if let worker = peer.worker { handle(.workerLeft(worker)) }
            peers.forget(peer.route)
        }
        followers.forget { peers[$0] == nil }
        for peer in peers.all { noteOrigin(of: peer) }
    }
}
