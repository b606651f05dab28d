import Foundation
import Logging
import RouteGridBase
import Wire

extension WorkerSupervisor {
    /// A new lease: its data is fetched, then a slot takes it.
    func take(_ message: WireLease) throws(RouteGridError) {
        guard leases[message.lease] == nil, !message.cells.isEmpty else { return }
        guard phase == .working else { return release(message, []) }
        let text = try JSONValue(parsing: message.fit, place: "lease \(message.lease)")["numerics"]?.stringValue ?? ""
        var data: [Digest] = []
        for reference in message.data { data.append(try Digest(field: reference.sha, "data.sha")) }
        guard let kind = NumericsKind.allCases.first(where: { classes[$0] == text }) else {
            let lease = HeldLease(message, data: data, kind: .portable, missing: [])
            return fail(lease, cell: nil, .refused, "no numerics class \"\(text)\" here", isRetryable: true, log: [])
        }
        let missing = Set(data.filter { !cache.contains($0) })
        for digest in data { cache.pin(digest) }
        leases[message.lease] = HeldLease(message, data: data, kind: kind, missing: missing)
        order.append(message.lease)
        for digest in missing where downloads[digest] == nil {
            do {
                downloads[digest] = try BlobDownload(digest, path: cache.temporaryPath(of: digest))
            } catch {
                let lease = leases[message.lease]
                if let lease { fail(lease, cell: nil, .error, error.message, isRetryable: true, log: []) }
                return forget(message.lease)
            }
        }
        requestChunks()
        dispatch()
    }

    /// The coordinator takes cells back (none named: all).
    ///
    /// What is computed already is sent all the same.
    func giveUp(_ id: UInt64, _ cells: Set<UInt64>) {
        guard var lease = leases[id] else { return }
        let isWhole = cells.isEmpty
        let taken = isWhole ? lease.uncomputed : cells.intersection(lease.uncomputed)
        lease.uncomputed.subtract(taken)
        leases[id] = lease
        if case .running(let number) = lease.phase {
            if lease.uncomputed.isEmpty {
                if !taken.isEmpty { abandon(slots[number]) }
            } else {
                skip(taken, lease: id, slots[number])
            }
        } else if lease.uncomputed.isEmpty {
            leases[id]?.phase = .computed
        }
        if isWhole { forget(id) } else { settle(id) }
        dispatch()
    }

    /// Forgets a lease that nothing is left of.
    func settle(_ id: UInt64) {
        guard let lease = leases[id], lease.isOver, lease.phase == .computed else { return }
        forget(id)
    }

    func forget(_ id: UInt64) {
        guard let lease = leases.removeValue(forKey: id) else { return }
        order.removeAll { $0 == id }
        for digest in lease.data { cache.unpin(digest) }
        let wanted = leases.values.reduce(into: Set<Digest>()) { wanted, lease in
            if case .fetching(let missing) = lease.phase { wanted.formUnion(missing) }
        }
        downloads = downloads.filter { wanted.contains($0.key) }
    }

    /// Another coordinator knows nothing of the work for the one before.
    func dropEverything() {
        for slot in slots where slot.isRunning { abandon(slot) }
        for id in order { forget(id) }
        outbox.removeAll()
        uploads.removeAll()
        unsaid = []
    }

    // MARK: Giving back

    func release(_ message: WireLease, _ cells: [UInt64]) {
        var release = WireRelease()
        (release.lease, release.fence, release.cells) = (message.lease, message.fence, cells)
        say(.release(release), keeping: true)
    }

    /// Drain, first step: keeps only the cells that are being evaluated.
    func giveBackUnstarted() {
        for id in order {
            guard let lease = leases[id], !lease.uncomputed.isEmpty else { continue }
            guard case .running(let number) = lease.phase else {
                giveBack(id, lease.uncomputed)
                continue
            }
            guard case .cell(let cell)? = slots[number].connection?.peer.progress.read().step,
                lease.uncomputed.contains(cell)
            else {
                giveBack(id, lease.uncomputed)
                abandon(slots[number])
                continue
            }
            let others = lease.uncomputed.subtracting([cell])
            guard !others.isEmpty else { continue }
            skip(others, lease: id, slots[number])
            giveBack(id, others)
        }
    }

    /// Drain, last step: nothing is waited for any more.
    func giveBackStarted() {
        for id in order {
            guard let lease = leases[id], !lease.uncomputed.isEmpty else { continue }
            giveBack(id, lease.uncomputed)
        }
        for slot in slots where slot.isRunning { abandon(slot) }
    }

    func giveBack(_ id: UInt64, _ cells: Set<UInt64>) {
        guard let lease = leases[id] else { return }
        release(lease.message, cells == lease.uncomputed && lease.unacknowledged.isEmpty ? [] : cells.sorted())
        leases[id]?.uncomputed.subtract(cells)
        guard leases[id]?.uncomputed.isEmpty == true else { return }
        if case .running = lease.phase { return }
        leases[id]?.phase = .computed
        settle(id)
    }

    // MARK: Failures

    /// Says that a cell, or (nil) the fit and with it all cells left, failed.
    func fail(
        _ lease: HeldLease,
        cell: UInt64?,
        _ kind: WireFailed.Kind,
        _ text: String,
        isRetryable: Bool,
        log tail: [UInt8]
    ) {
        var failed = WireFailed()
        (failed.lease, failed.fence, failed.kind) = (lease.message.lease, lease.message.fence, kind)
        if let cell { failed.cell = cell }
        failed.retryable = isRetryable
        failed.text = text
        failed.logTail = Data(tail)
        let victim = cell.map { "\($0)" } ?? "the fit"
        log.warning("failed", metadata: ["lease": "\(failed.lease)", "cell": "\(victim)", "why": "\(text)"])
        say(.failed(failed), keeping: true)
        if let cell {
            leases[failed.lease]?.uncomputed.remove(cell)
        } else {
            leases[failed.lease]?.uncomputed.removeAll()
        }
    }
}
