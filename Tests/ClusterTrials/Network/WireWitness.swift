package import RouteGridBase
import Wire

/// The messages about results that were seen on the wire between workers and the coordinator.
package final class WireWitness: Sendable {
    package struct Seen: Sendable {
        /// How often a worker sent a result of each key.
        package var results: [JobKey: Int] = [:]
        /// Keys that the coordinator acknowledged.
        package var acknowledged: Set<JobKey> = []
    }

    private let box = LockedBox(Seen())

    package init() {}

    package var seen: Seen { box.withLock { $0 } }

    /// For one direction of one connection through a proxy.
    package func observer() -> any ProxyObserver { Direction(self) }

    private func note(_ message: WireMessage) {
        switch message.body {
        case .result(let result):
            let keys = result.items.compactMap { JobKey(bytes: $0.jobKey) }
            box.withLock { seen in for key in keys { seen.results[key, default: 0] += 1 } }
        case .committed(let committed):
            let keys = (try? JobKey.list(committed.jobKeys, "job_keys")) ?? []
            box.withLock { seen in seen.acknowledged.formUnion(keys) }
        default: break
        }
    }

    private final class Direction: ProxyObserver {
        private let witness: WireWitness
        private var reader = ZMTPReader()

        init(_ witness: WireWitness) { self.witness = witness }

        func see(_ bytes: ArraySlice<UInt8>) {
            for frames in reader.feed(bytes) {
                // What is no message of ours is the receiver's to refuse.
                if let message = try? WireMessage(frames: frames[...]) { witness.note(message) }
            }
        }
    }
}
