import RouteGridBase
import Wire

/// A lease as its worker holds it.
struct WorkerLease {
    enum Phase: Hashable {
        /// Blobs are being downloaded.
        case fetching(Set<Digest>)
        /// It waits for a slot.
        case ready
        case running(slot: Int)
        /// It was prefetched to a slot that has others to finish first.
        case queued(slot: Int)
        /// Every cell is computed, failed or released; acknowledgements are outstanding.
        case computed
    }

    let message: WireLease
    let data: [Digest]
    /// The arithmetic that the fit's key names.
    let kind: NumericsKind
    var phase: Phase
    /// Cells with neither a result nor a failure.
    var uncomputed: Set<CellID>
    /// Cells whose results are not acknowledged.
    var unacknowledged: Set<CellID> = []
    /// Cells acknowledged, reported for people.
    var done = 0
    /// How often a slot started it.
    var attempts: UInt32 = 0
    /// The cell of the last `Started` message.
    var announced: CellID?

    init(_ message: WireLease, data: [Digest], kind: NumericsKind, missing: Set<Digest>) {
        self.message = message
        self.data = data
        self.kind = kind
        phase = missing.isEmpty ? .ready : .fetching(missing)
        uncomputed = Set(message.cells.map(\.cellID))
    }

    var isOver: Bool { uncomputed.isEmpty && unacknowledged.isEmpty }

    /// What a restarted coordinator needs to adopt the lease; part of the hello.
    var reference: WireLeaseRef {
        var reference = WireLeaseRef()
        (reference.leaseID, reference.leaseFence, reference.runID) = (
            message.leaseID, message.leaseFence, message.runID
        )
        reference.cellIDs = uncomputed.union(unacknowledged).sorted()
        return reference
    }

    /// The task for a slot: the remaining cells, in order.
    func task(worker: String, paths: [SlotFile], gpus: [String] = []) -> SlotTask {
        var task = SlotTask()
        task.leaseID = message.leaseID
        task.fit = message.fit
        task.labels = message.labels
        task.data = paths
        task.worker = worker
        task.attempt = attempts + 1
        task.cpus = message.cpus
        task.gpus = gpus.joined(separator: ",")
        task.cells = message.cells.filter { uncomputed.contains($0.cellID) }.map { leased in
            var cell = SlotCell()
            cell.cellID = leased.cellID
            cell.jobKey = leased.jobKey
            cell.eval = leased.eval
            return cell
        }
        return task
    }
}
