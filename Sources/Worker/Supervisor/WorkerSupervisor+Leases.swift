import Foundation
import Logging
import RouteGridBase
import Wire

extension WorkerSupervisor {
    /// Adds a lease: its data is fetched, then a slot runs it.
    func take(_ message: WireLease) throws(RouteGridError) {
        guard leases[message.leaseID] == nil, !message.cells.isEmpty else { return }
        guard takesLeases else { return release(message, []) }
        let text = try Self.numerics(of: message)
        var data: [Digest] = []
        var sizes: [Digest: Int] = [:]
        for reference in message.data {
            let digest = try Digest(field: reference.sha, "data.sha")
            data.append(digest)
            if reference.size > 0 { sizes[digest] = Int(clamping: reference.size) }
        }
        guard let kind = NumericsKind.allCases.first(where: { classes[$0] == text }) else {
            let lease = WorkerLease(message, data: data, kind: .portable, missing: [])
            return fail(lease, cell: nil, .refused, "no numerics class \"\(text)\" here", isRetryable: true, log: [])
        }
        for digest in data { cache.pin(digest) }
        let missing = Set(data.filter { !cache.contains($0, byteCount: sizes[$0]) })
        leases[message.leaseID] = WorkerLease(message, data: data, kind: kind, missing: missing)
        order.append(message.leaseID)
        for digest in missing where downloads[digest] == nil {
            do {
                downloads[digest] = try BlobDownload(
                    digest,
                    path: cache.temporaryPath(of: digest),
                    byteCount: sizes[digest]
                )
            } catch {
                let lease = leases[message.leaseID]
                if let lease { fail(lease, cell: nil, .error, error.message, isRetryable: true, log: []) }
                return forget(message.leaseID)
            }
        }
        requestChunks()
        dispatch()
    }

    /// The class that a fit is to run in.
    ///
    /// Canonical JSON is not parsed for it: the slot, which parses it anyway, refuses a fit of another class.
    private static func numerics(of message: WireLease) throws(RouteGridError) -> String {
        let name = Data("\"numerics\":\"".utf8)
        if let start = message.fit.range(of: name)?.upperBound,
            let end = message.fit[start...].firstIndex(of: UInt8(ascii: "\""))
        {
            return String(decoding: message.fit[start..<end], as: UTF8.self)
        }
        return try JSONValue(parsing: message.fit, place: "lease \(message.leaseID)")["numerics"]?.stringValue ?? ""
    }

    /// The coordinator revokes cells (none named: all).
    ///
    /// Results that are computed already are still sent.
    func giveUp(_ id: LeaseID, _ cells: Set<CellID>) {
        guard var lease = leases[id] else { return }
        let isWhole = cells.isEmpty
        let taken = isWhole ? lease.uncomputed : cells.intersection(lease.uncomputed)
        lease.uncomputed.subtract(taken)
        leases[id] = lease
        switch lease.phase {
        case .running(let number) where !lease.uncomputed.isEmpty: skip(taken, lease: id, slots[number])
        case .running(let number):
            guard !taken.isEmpty else { break }
            // Finished or not started: the slot can continue with its next lease.
            let isElsewhere = slots[number].current.map { $0.message.leaseID != id } ?? false
            if isElsewhere { skip([], lease: id, slots[number]) } else { abandon(slots[number]) }
        case .queued(let number):
            skip(lease.uncomputed.isEmpty ? [] : taken, lease: id, slots[number])
            if lease.uncomputed.isEmpty { leases[id]?.phase = .computed }
        default: if lease.uncomputed.isEmpty { leases[id]?.phase = .computed }
        }
        if isWhole { forget(id) } else { settle(id) }
        dispatch()
    }

    /// Removes a lease when nothing of it is left.
    func settle(_ id: LeaseID) {
        guard let lease = leases[id], lease.isOver, lease.phase == .computed else { return }
        forget(id)
    }

    func forget(_ id: LeaseID) {
        guard let lease = leases.removeValue(forKey: id) else { return }
        order.removeAll { $0 == id }
        for digest in lease.data { cache.unpin(digest) }
        guard !downloads.isEmpty else { return }
        let wanted = leases.values.reduce(into: Set<Digest>()) { wanted, lease in
            if case .fetching(let missing) = lease.phase { wanted.formUnion(missing) }
        }
        downloads = downloads.filter { wanted.contains($0.key) }
    }

    /// Drops all work: another coordinator does not know it.
    func dropEverything() {
        for slot in slots where slot.isRunning { abandon(slot) }
        for id in order { forget(id) }
        outbox.removeAll()
        uploads.removeAll()
        unsent = []
    }

    // MARK: Releasing

    func release(_ message: WireLease, _ cells: [CellID]) {
        var release = WireRelease()
        (release.leaseID, release.leaseFence, release.cellIDs) = (message.leaseID, message.leaseFence, cells)
        say(.release(release), keeping: true)
    }

    /// Drain, first step: keeps only the cells that are being evaluated.
    func releaseUnstarted() {
        for id in order {
            guard let lease = leases[id], !lease.uncomputed.isEmpty else { continue }
            let slot: SupervisedSlot
            switch lease.phase {
            case .running(let number), .queued(let number): slot = slots[number]
            default:
                giveBack(id, lease.uncomputed)
                continue
            }
            let current = slot.current
            let place = slot.told.firstIndex { $0.leaseID == id } ?? 0
            // The slot has finished it: its results are under way.
            if let current, place < current.place { continue }
            guard current?.message.leaseID == id || place == 0 else {
                skip([], lease: id, slot)
                giveBack(id, lease.uncomputed)
                continue
            }
            guard case .cell(let cell, _)? = current?.step, lease.uncomputed.contains(cell) else {
                giveBack(id, lease.uncomputed)
                abandon(slot)
                continue
            }
            let others = lease.uncomputed.subtracting([cell])
            guard !others.isEmpty else { continue }
            skip(others, lease: id, slot)
            giveBack(id, others)
        }
    }

    /// Drain, last step: releases what is still running.
    func releaseStarted() {
        for id in order {
            guard let lease = leases[id], !lease.uncomputed.isEmpty else { continue }
            giveBack(id, lease.uncomputed)
        }
        for slot in slots where slot.isRunning { abandon(slot) }
    }

    /// Releases leases that were requested while tasks were quick, once they are not.
    func releaseSpare() {
        guard phase == .working, !slots.contains(where: { $0.pace.depth > 0 }) else { return }
        let waiting = order.filter { id in leases[id].map { $0.phase == .ready && $0.attempts == 0 } ?? false }
        for id in waiting.dropFirst(configuration.slots + configuration.ahead) {
            if let cells = leases[id]?.uncomputed { giveBack(id, cells) }
        }
    }

    func giveBack(_ id: LeaseID, _ cells: Set<CellID>) {
        guard let lease = leases[id] else { return }
        release(lease.message, cells == lease.uncomputed && lease.unacknowledged.isEmpty ? [] : cells.sorted())
        leases[id]?.uncomputed.subtract(cells)
        guard leases[id]?.uncomputed.isEmpty == true else { return }
        if case .running = lease.phase { return }
        leases[id]?.phase = .computed
        settle(id)
    }

    // MARK: Failures

    /// Reports that a cell, or (nil) the fit and with it all remaining cells, failed.
    func fail(
        _ lease: WorkerLease,
        cell: CellID?,
        _ kind: WireFailed.Kind,
        _ text: String,
        isRetryable: Bool,
        log tail: [UInt8]
    ) {
        var failed = WireFailed()
        (failed.leaseID, failed.leaseFence, failed.kind) = (lease.message.leaseID, lease.message.leaseFence, kind)
        if let cell { failed.cellID = cell }
        failed.retryable = isRetryable
        failed.text = text
        failed.logTail = Data(tail)
        let victim = cell.map { "\($0)" } ?? "the fit"
        log.warning("failed", metadata: ["lease": "\(failed.leaseID)", "cell": "\(victim)", "why": "\(text)"])
        say(.failed(failed), keeping: true)
        if let cell {
            leases[failed.leaseID]?.uncomputed.remove(cell)
        } else {
            leases[failed.leaseID]?.uncomputed.removeAll()
        }
    }
}
