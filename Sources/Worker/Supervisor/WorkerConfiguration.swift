import Foundation
package import Keys
import RouteGridBase

/// The settings of a worker, from its command line.
package struct WorkerConfiguration: Sendable {
    /// The coordinator's addresses, tried in turn: it may have moved from one to another.
    package var urls: [String]
    /// How the worker proves who it is.
    package var key = KeySource.plaintext
    /// Cells evaluated at a time, each in a process of its own.
    package var slots: Int
    /// For people: in `status` and in the facts of runs.
    package var name: String
    package var cacheFolder: String
    /// Bytes of data kept in the cache folder.
    package var cacheLimit = 8 << 30
    /// The worker drains after this time without a lease; nil is never.
    package var idleTimeout: Duration?
    /// The worker takes no lease after this time, less a random part of `lifetimeStagger`, and drains when it holds
    /// none; nil is never.
    package var lifetime: Duration?
    /// How far the ends of workers that started together are spread.
    package var lifetimeStagger: Duration = .zero
    /// The worker ends after this time without a coordinator.
    package var onLostTimeout: Duration = .seconds(600)
    /// The time that a drain gives running cells, and then acknowledgements.
    package var drainGrace: Duration = .seconds(15)
    /// Leases held beyond one per slot, so that a slot that becomes free finds its next one there.
    package var ahead = 1
    /// The names of the programs that `exec` routers may run here.
    package var programs: [String] = []
    /// What grids that need GPUs are given, some of them a slot.
    package var gpus = GPUList()
    /// The kinds of slots to offer.
    package var kinds: [NumericsKind] = NumericsKind.allCases
    /// The shortest and longest delay before reconnecting to a lost coordinator; doubled in between.
    package var backoff: ClosedRange<Duration> = .seconds(1)...(.seconds(32))
    /// The timeout of a hello.
    package var helloTimeout: Duration = .seconds(5)

    /// - Parameters:
    ///   - url: the coordinator's address.
    ///   - slots: one a core that this process may use where it is absent.
    package init(url: String, slots: Int? = nil) {
        urls = [url]
        let process = ProcessInfo.processInfo
        self.slots = slots ?? MachineLimits().cores
        name = "\(process.hostName):\(process.processIdentifier)"
        cacheFolder = WorkerConfiguration.defaultCacheFolder
    }

    /// Below the temporary folder, one a user, shared by the workers of a machine.
    package static var defaultCacheFolder: String {
        let temporary = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
        return "\(temporary)/routegrid-cache-\(getuid())"
    }
}
