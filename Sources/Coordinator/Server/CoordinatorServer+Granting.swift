import Foundation
import Grid
import Logging
import RouteGridBase
import Scheduling
import Wire

/// A lease as the scheduler granted it.
struct LeaseOrder: Sendable {
    let worker: WorkerID
    let lease: LeaseID
    let fence: Fence
    let run: RunID
    let group: Int
    var cells: [CellID]
}

/// Who was granted what: a lease is sent once its grant is on disk, and a result is taken only from a key that was
/// granted its cell.
///
/// Grants share the commit of whatever else waits. In plain text nobody has a key, and the ledger still knows which
/// cells were never granted to anybody.
extension CoordinatorServer {
    /// Writes a grant, then sends its lease; at once when the key was granted these cells before.
    func grant(_ order: LeaseOrder) {
        guard let peer = peers.peer(of: order.worker) else { return }
        let grant = Grant(run: order.run, holder: peer.key ?? GrantLedger.anybody, leased: order.cells)
        if ledger.contains(grant) { return send(order) }
        persist(.granted(grant))
        commits.add { error in
            guard error == nil else { return }
            self.assumeIsolated { $0.granted(grant, order) }
        }
    }

    /// A grant is on disk: its lease is sent, without what was recorded, stolen or returned meanwhile.
    private func granted(_ grant: Grant, _ order: LeaseOrder) {
        ledger.add(grant)
        guard scheduler.worker(of: order.lease) == order.worker else { return }
        var order = order
        order.cells = scheduler.cells(of: order.lease)
        handle(.sent(order.lease))
        send(order)
    }

    private func send(_ order: LeaseOrder) {
        guard let lock = served[order.run]?.lock, let route = peers.route(of: order.worker) else { return }
        var message = WireLease()
        message.leaseID = order.lease
        message.leaseFence = order.fence
        message.runID = order.run
        message.fit = Data(lock.fitBytes(ofGroup: order.group))
        message.fitTimeoutMs = lock.limits.fitTimeoutMilliseconds
        message.cellTimeoutMs = lock.limits.cellTimeoutMilliseconds
        message.memoryLimit = lock.limits.memoryBytes
        message.cpus = UInt32(clamping: lock.resources.cpus)
        message.gpus = UInt32(clamping: lock.resources.gpus)
        message.labels = Data(lock.labels(ofGroup: order.group).canonicalBytes())
        message.data = lock.data(ofGroup: order.group).map { digest in
            var reference = WireBlobRef()
            reference.sha = digest.data
            reference.size = UInt64(lock.blobByteCount(digest) ?? 0)
            return reference
        }
        message.cells = order.cells.compactMap { cell in
            guard let job = cache.job(ofCell: cell, in: order.run, lock: lock) else { return nil }
            var leased = WireLeasedCell()
            leased.cellID = cell
            leased.jobKey = Data(job.jobKey.bytes)
            leased.eval = Data(job.evalBytes)
            return leased
        }
        counters.leasesGranted += 1
        send(.lease(message), to: route)
    }

    /// The names under which the ledger knows a peer: its key and those that it took the place of.
    func holders(_ peer: Peer) -> [String] {
        guard let key = peer.key else { return [GrantLedger.anybody] }
        return keys?.lineage(userID: key) ?? [key]
    }

    /// What a worker says to hold, without the cells that its key was never granted.
    func granted(_ held: [WireLeaseRef], to peer: Peer) -> [HeldLease] {
        let holders = holders(peer)
        var foreign = 0
        let granted = held.map { reference in
            let cells = reference.cellIDs
            let own = cells.filter { ledger.covers($0, of: reference.runID, for: holders) }
            foreign += cells.count - own.count
            return HeldLease(lease: reference.leaseID, fence: reference.leaseFence, run: reference.runID, cells: own)
        }
        if foreign > 0 {
            refuse(
                RouteGridError(.refused, "a greeting that holds \(foreign) cells which its key was never granted"),
                peer.route,
                isSent: false
            )
        }
        return granted
    }
}
