import RouteGridBase
import Wire

/// What running leases have of the worker's cores, memory and GPUs.
extension WorkerSupervisor {
    /// Whether a lease can start beside those that run; always where nothing runs.
    func hasRoom(for message: WireLease) -> Bool {
        let running = slots.compactMap { slot in
            if case .running(let message) = slot.phase { message } else { nil as WireLease? }
        }
        guard !running.isEmpty else { return true }
        let cores = max(configuration.slots, limits.cores)
        let cpus = running.reduce(message.cores) { $0 + $1.cores }
        guard cpus <= cores || message.cores == 1 && running.allSatisfy({ $0.cores == 1 }) else { return false }
        if message.memoryLimit > 0 {
            let (bytes, isLarge) = running.reduce((message.memoryLimit, false)) { sum, lease in
                let (bytes, isLarge) = sum.0.addingReportingOverflow(lease.memoryLimit)
                return (bytes, sum.1 || isLarge)
            }
            guard !isLarge, bytes <= limits.memory else { return false }
        }
        return message.gpus == 0 || freeGPUs.count >= Int(message.gpus)
    }

    /// The GPUs that no running lease has.
    var freeGPUs: [String] {
        let used = Set(slots.lazy.filter(\.isRunning).flatMap(\.gpus))
        return configuration.gpus.names.filter { !used.contains($0) }
    }
}

extension WireLease {
    /// Cores that its fits use.
    fileprivate var cores: Int { max(1, Int(cpus)) }
}

extension WorkerSupervisor {
    /// What the program of a running lease last said of how far it is; empty when it said nothing.
    func progress(of lease: WorkerLease) -> String {
        guard case .running(let number) = lease.phase, slots.indices.contains(number),
            let tail = slots[number].connection?.logTail, !tail.isEmpty
        else { return "" }
        return ProgramProgress.last(in: tail)?.description ?? ""
    }
}
