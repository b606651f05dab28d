import Keys
import Logging
import RouteGridBase
import ZeroMQ

/// Who may connect to a coordinator: its keys, the handler that libzmq asks, and the files for processes of this user.
///
/// Everything but the handler's own thread belongs to the coordinator's loop.
struct ServerKeys {
    static let domain = "routegrid"

    private var watch: KeyRingWatch
    private var handler: ZAPHandler?
    private var local: (place: LocalKeys, files: [Role: KeyFile], address: ZMQAddress, state: String)?
    /// The key that processes of this user deliver results with.
    private var ownWorker: String?
    /// What was logged last of keys that could not be read or left; the earlier ones hold meanwhile.
    private var problem: String?

    /// - Throws: `refused` (77) with the way out for an address that others can reach while there are no keys.
    init(for address: ZMQAddress, state: String) throws(RouteGridError) {
        watch = try KeyRing.serving(at: address, state: state)
    }

    /// What the socket is bound with.
    var security: SocketSecurity { .server(watch.ring.server, domain: Self.domain) }

    /// Starts to answer libzmq; before anything is bound.
    mutating func start(_ context: ZMQContext, _ log: Logger) throws {
        handler = try ZAPHandler(context: context, domain: Self.domain, allowed: watch.ring.allowList) { refused in
            log.warning("connection refused", metadata: ["why": "\(refused)"])
        }
    }

    /// Leaves keys for processes of this user, where only they can connect.
    mutating func leaveLocal(for address: ZMQAddress, state: String) throws(RouteGridError) {
        guard let address = address.onThisMachine else { return }
        let files = try KeyRing.localKeys(for: address, state: state)
        _ = try refresh()
        local = (try LocalKeys(leaving: files, for: address), files, address, state)
        ownWorker = files[.worker]?.secret.publicKey.fingerprint.hex
    }

    /// Puts them back when they are gone, or their keys were revoked.
    mutating func keepLocal(_ log: Logger) {
        guard let local else { return }
        let isThere = local.files.allSatisfy { role, file in
            let found = try? LocalKeys.find(role, for: local.address)
            return watch.ring.role(userID: file.secret.publicKey.fingerprint.hex) != nil && found?.secret == file.secret
        }
        guard !isThere else { return }
        do throws(RouteGridError) { try leaveLocal(for: local.address, state: local.state) } catch {
            guard problem != error.message else { return }
            problem = error.message
            log.error("keys for this machine could not be left", metadata: ["why": "\(error)"])
        }
    }

    /// Reads the keys again when they were changed.
    ///
    /// - Returns: whether they were.
    mutating func refresh() throws(RouteGridError) -> Bool {
        guard try watch.poll() else { return false }
        handler?.allow(watch.ring.allowList)
        return true
    }

    /// The same once a second, while the coordinator runs: what cannot be read is logged, once.
    mutating func poll(_ log: Logger) -> Bool {
        do throws(RouteGridError) {
            let changed = try refresh()
            problem = nil
            return changed
        } catch {
            if problem != error.message {
                log.error("keys could not be read; the earlier ones hold", metadata: ["why": "\(error)"])
            }
            problem = error.message
            return false
        }
    }

    /// The role in which a message may act now; nil when its key is revoked.
    func role(userID: String?) -> Role? { watch.ring.role(userID: userID) }

    /// Whether a key is the one left for workers of this user on this machine.
    func isOwn(userID: String?) -> Bool { userID != nil && userID == ownWorker }

    /// Whether the results of a key decide where others differ: one that the operator marked, and that of workers of
    /// this user on this machine, who can write the store itself.
    func isTrusted(userID: String?) -> Bool {
        guard let userID, let key = watch.ring.key(userID: userID), key.isAllowed else { return false }
        return key.isTrusted || isOwn(userID: userID)
    }

    /// The name of a key, for people.
    func name(userID: String) -> String? { watch.ring.key(userID: userID)?.name.text }

    /// Whether two keys are one over rotations.
    func isSame(_ key: String?, _ other: String?) -> Bool {
        guard key != other else { return true }
        guard let key, let other, let newer = watch.ring.key(userID: key), let older = watch.ring.key(userID: other)
        else { return false }
        return watch.ring.lineage(of: newer).contains(older) || watch.ring.lineage(of: older).contains(newer)
    }

    /// A key and those that it took the place of, newest first.
    func lineage(userID: String) -> [String] {
        guard let key = watch.ring.key(userID: userID), key.predecessor != nil else { return [userID] }
        return watch.ring.lineage(of: key).map(\.fingerprint.hex)
    }

    /// Whose a key is, where results are compared: one key over rotations, one invite over all that came by it.
    func origin(userID: String) -> String {
        guard let key = watch.ring.key(userID: userID) else { return userID }
        let first = watch.ring.lineage(of: key).last ?? key
        return first.invitedBy?.fingerprint.hex ?? first.fingerprint.hex
    }

    /// Ends the handler and removes the files for this user's processes.
    func end() {
        handler?.stop()
        local?.place.remove(local?.files.values.map { $0 } ?? [])
    }
}
